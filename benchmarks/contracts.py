"""What the contract of each table costs, beside the stage that it guards.

    python benchmarks/contracts.py FOLDER [--documents N] [--rules FILE] [--great-expectations]

Ingests a folder into a lake of its own, once whole and once after one document has changed, and
times every judgement from inside: features, rules, the import of Great Expectations where it comes
to that, and the rows for quarantine. FILE holds what stands under `contracts`; without it the
rules are as shipped. `--great-expectations` lets it judge every row, however few there are.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from doclake.contracts import few_rows
from doclake.embed import Embedder
from doclake.project import Project
from doclake.stages import (
    chunks,
    documents,
    elements,
    embeddings,
    extraction_contract,
    vector_groups,
)
from doclake.stages.context import StageContext

JUDGES = {
    "documents": (extraction_contract, "validate_documents", "elements"),
    "elements": (extraction_contract, "validate_elements", "elements"),
    "chunks": (chunks, "validate_chunks", "chunks"),
    "embeddings": (vector_groups, "validate_embeddings", "embeddings"),
}
"""By table: where its judge is called, its name there, and the stage that calls it."""
LIMIT = 0.05


@contextmanager
def _timed(seconds: dict[str, float], rows: dict[str, int]) -> Iterator[None]:
    def wrapped(table: str, judge: Callable[..., Any]) -> Callable[..., Any]:
        def timed(part: Any, *arguments: Any) -> Any:
            start = time.perf_counter()
            verdict = judge(part, *arguments)
            seconds[table] += time.perf_counter() - start
            rows[table] += part.num_rows
            return verdict

        return timed

    patches = [
        patch.object(module, name, wrapped(table, getattr(module, name)))
        for table, (module, name, _) in JUDGES.items()
    ]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _ingested(project: Project, embedder: Embedder) -> list[str]:
    """Lines of the table, one for each contract."""
    seconds, rows = defaultdict[str, float](float), defaultdict[str, int](int)
    context = StageContext.whole(project, "measured")
    with _timed(seconds, rows):
        reports = [stage.run(context) for stage in (documents, elements, chunks)]
        reports.append(embeddings.run(context, embedder))
    took = {report.stage: report.seconds for report in reports}
    lines = []
    for table, (_, _, stage) in JUDGES.items():
        share = seconds[table] / took[stage]
        rate = rows[table] / seconds[table] if seconds[table] else 0
        mark = "" if share <= LIMIT else " (too much)"
        lines.append(
            f"| {table} | {rows[table]:,} | {rate:,.0f} | {seconds[table]:.3f} | {took[stage]:.2f} "
            f"| {share:.2%}{mark} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--rules", type=Path)
    parser.add_argument("--great-expectations", action="store_true")
    asked = parser.parse_args()
    if asked.great_expectations:
        few_rows.FEW = -1
        few_rows.AFFORDABLE.clear()
    files = sorted(file for file in asked.folder.rglob("*") if file.is_file())
    step = max(1, len(files) // asked.documents)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in files[::step]:
            copy = place / "documents" / file.relative_to(asked.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        rules = yaml.safe_load(asked.rules.read_text("utf-8")) if asked.rules else {}
        source = {"url": "documents", "buckets": 8}
        settings = {"sources": {"measured": source}, "lake": "lake", "contracts": rules}
        (place / "doclake.yaml").write_text(yaml.safe_dump(settings))
        project = Project.open(place)
        embedder = Embedder(project.settings.embedding)
        print(f"{len(files[::step])} documents, vectors of {embedder.dimension} values")
        changed = place / "documents" / "changed.md"
        for what in ("the whole folder", "one changed document"):
            print(f"\n{what}\n")
            print("| table | rows | rows/s | contract, s | stage, s | share |")
            print("|---|---|---|---|---|---|")
            print("\n".join(_ingested(project, embedder)), flush=True)
            changed.write_text("# Tide\n\n" + "The tide rose again that day.\n\n" * 30)


if __name__ == "__main__":
    main()
