"""Doclake beside LlamaIndex and CocoIndex: the same notes, the same model, the same machine.

    make bench-peers

Half of the notes are English, half Korean. The model is the bundled one cut to its first layer, so
that the table shows the work around the model. Each step is a new process, and the products take
turns. CPU seconds and peak memory (proportional set size) are those of the process with its
children; disk is all that a product keeps, its history of runs included. At last another first
ingest is killed (SIGKILL) at half of its time, and what can be found by then is counted.

The peers run as their own guides set them up, on LanceDB, in an environment of their own. Both
store texts and vectors, and so does `Doclake, vectors alone` (`embedding.late_interaction: false`);
Doclake as it comes keeps the signs of all tokens besides. All its figures contain its tables, what
they are checked for, and an index of words.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from benchmarks.watched import Took, run

PROGRAMS = Path(__file__).resolve().parent / "peer_programs"
SYLLABLES = {
    "English": ("ba de fo gri ha lin mo ner o pa ros sta ti un ver win", 1, 3),
    "Korean": ("가 고 나 다 도 라 로 마 모 바 보 사 서 아 어 오 우 이 자 주 지 차 하 호", 2, 4),
}
PRODUCTS = {
    "Doclake": "doc_id",
    "Doclake, vectors alone": "doc_id",
    "LlamaIndex": "doc_id",
    "CocoIndex": "filename",
}
"""With the column that names the note in the index of each."""


@cache
def vocabulary(language: str) -> list[str]:
    """Made words: a few sentences again and again would shrink to nothing on disk."""
    syllables, fewest, most = SYLLABLES[language]
    rng = random.Random(language)
    return [
        "".join(rng.choices(syllables.split(), k=rng.randint(fewest, most))) for _ in range(4000)
    ]


def note(folder: Path, number: int) -> Path:
    return folder / f"{number // 500:02}" / f"note-{number:05}.md"


def write(folder: Path, number: int, edition: int = 0) -> None:
    rng = random.Random(f"{number}.{edition}")
    words = vocabulary("Korean" if number % 2 else "English")
    weights = [1 / rank for rank in range(1, len(words) + 1)]

    def sentence() -> str:
        return " ".join(rng.choices(words, weights, k=rng.randint(6, 14))).capitalize() + "."

    paragraphs = [" ".join(sentence() for _ in range(rng.randint(2, 5))) for _ in range(4)]
    path = note(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join([f"# Note {number}", *paragraphs]) + "\n")


def cut_model(folder: Path) -> None:
    """The bundled model with its first layer alone, as a sentence-transformers folder."""
    from sentence_transformers import SentenceTransformer

    from doclake.embed.models.resolve import resolve
    from doclake.settings import EmbeddingSettings

    model = SentenceTransformer(str(resolve(EmbeddingSettings()).folder), device="cpu")
    network = model[0].auto_model
    network.encoder.layer = network.encoder.layer[:1]
    network.config.num_hidden_layers = 1
    model.save(str(folder))


@dataclass(frozen=True)
class Product:
    """One contestant: its folder, and the command that brings its index up to date."""

    name: str
    notes: Path
    model: Path
    python: Path
    state: Path

    def update(self, kill_after: float | None = None) -> Took:
        self.state.mkdir(parents=True, exist_ok=True)
        given = [str(self.notes), str(self.model), str(self.state)]
        program = PROGRAMS / f"{self.name.lower()}_notes.py"
        command = [str(self.python), str(program), *given]
        if self.name.startswith("Doclake"):
            command = [str(Path(sys.executable).with_name("doclake")), "ingest", "--json"]
            self._configure()
        environment = {
            "DOCLAKE_CONFIG": str(self.state / "doclake.yaml"),
            "DAGSTER_HOME": str(self.state / "dagster"),
            "HF_HUB_OFFLINE": "1",
        }
        return run(command, environment, self.state.with_suffix(".log"), kill_after)

    def _configure(self) -> None:
        (self.state / "dagster").mkdir(exist_ok=True)
        (self.state / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        source = {"url": str(self.notes), "access": ["everyone"]}
        embedding = {"model": str(self.model), "late_interaction": self.name == "Doclake"}
        config = {"sources": {"notes": source}, "embedding": embedding}
        (self.state / "doclake.yaml").write_text(yaml.safe_dump(config | {"lake": "lake"}))

    def searchable(self) -> tuple[int, int]:
        """The notes of which a row is in the index, and the rows, as LanceDB's own reader tells."""
        import lance

        notes, rows = set(), 0
        for folder in self.state.rglob("*.lance"):
            table = lance.dataset(folder) if folder.is_dir() else None
            if table and PRODUCTS[self.name] in table.schema.names:
                found = table.to_table([PRODUCTS[self.name]]).column(0).to_pylist()
                notes |= set(found)
                rows += len(found)
        return len(notes), rows

    def megabytes(self) -> float:
        files = (path for path in self.state.rglob("*") if path.is_file())
        return sum(path.stat().st_blocks * 512 for path in files) / 1e6


def steps(notes: Path, count: int) -> list[tuple[str, Callable[[], None]]]:
    def change() -> None:
        for number in range(0, count, 100):
            write(notes, number, edition=1)

    def delete() -> None:
        for number in range(1, count, 100):
            note(notes, number).unlink()

    return [
        ("first ingest", lambda: None),
        ("unchanged", lambda: None),
        ("1 % changed", change),
        ("1 % deleted", delete),
    ]


def compare(products: list[Product], count: int) -> None:
    print("| step | product | CPU s | seconds | peak MB | disk MB | notes found | rows |")
    print("|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    first: dict[str, float] = {}
    for step, prepare in steps(products[0].notes, count):
        prepare()
        for product in products:
            took = product.update()
            first.setdefault(product.name, took.wall)
            _tell(step, product, took)
    for product in products:
        again = replace(product, state=product.state.with_name(f"{product.name}-killed"))
        _tell("killed at half", again, again.update(kill_after=first[product.name] / 2))
        _tell("the run after it", again, again.update())


def _tell(step: str, product: Product, took: Took) -> None:
    notes, rows = product.searchable()
    figures = f"{took.cpu:.1f} | {took.wall:.1f} | {took.peak:,.0f} | {product.megabytes():.0f}"
    print(f"| {step} | {product.name} | {figures} | {notes:,} | {rows:,} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--python", type=Path, required=True, help="of the peers' environment")
    arguments.add_argument("--notes", type=int, default=2_000)
    arguments.add_argument("--only", choices=PRODUCTS, action="append")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-peers-") as root:
        notes, model = Path(root, "notes"), Path(root, "model")
        for number in range(given.notes):
            write(notes, number)
        cut_model(model)
        parts = notes, model, given.python.absolute()
        chosen = given.only or PRODUCTS
        compare([Product(name, *parts, Path(root, name)) for name in chosen], given.notes)


if __name__ == "__main__":
    main()
