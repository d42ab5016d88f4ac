"""Where tuned models are kept, and what they say of themselves.

The name of a model holds a digest of all that decides its weights. So the same training is found
again when it was stopped, and not done twice when it was not.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from doclake import clock, fingerprints, ids
from doclake.embed.models import lineage
from doclake.embed.models.lineage import Lineage
from doclake.embed.models.source import sha256_of
from doclake.errors import ModelError, SettingsError
from doclake.errors.foreign import in_words
from doclake.project import Project
from doclake.settings import EmbeddingSettings
from doclake.tune.examples import Example

_TABLES = ("chunks", "generated_questions")
_LIBRARIES = ("doclake", "sentence-transformers", "transformers", "torch")
_CARD = """\
---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
base_model: {base}
tags: [sentence-transformers, sentence-similarity, doclake]
---
# {name}

`{base}` (fingerprint `{fingerprint}`), tuned by Doclake on {pairs} questions whose passages
are known: {people} that people asked, {server} that a chat server wrote. They were seen {epochs}
times, in batches of {batch}, with {negatives} wrong passages beside each. The vectors of single
tokens were not changed.

Share of documents whose questions were held out: {held_out}. How it compares stands in the table
`retrieval_report` of the lake. `{lineage}` holds where it comes from: versions of tables, ids of
questions, texts and documents, libraries, the digest of its weights.
"""


@dataclass(frozen=True)
class TunedModel:
    """`name` is that of its folder; `work` is where it is trained before it is moved there."""

    name: str
    folder: Path
    work: Path

    @property
    def is_whole(self) -> bool:
        return lineage.lineage(self.folder) is not None

    @contextmanager
    def being_trained(self) -> Iterator[None]:
        """Alone in `work`. Trainings that were stopped and that nothing leads back to are dropped
        first: a checkpoint may take a gigabyte. Raises `ModelError` if another process trains
        it."""
        from filelock import FileLock, Timeout

        try:
            for other in self.work.parent.glob(".*.part"):
                if other != self.work:
                    with suppress(Timeout), FileLock(other / "lock", timeout=0):
                        shutil.rmtree(other)
            self.work.mkdir(parents=True, exist_ok=True)
            with FileLock(self.work / "lock", timeout=0):
                yield
        except Timeout:
            raise ModelError(
                f"The model {self.name} is being trained by another process.",
                mend="Wait for it: what it has trained is found by the next `doclake tune`.",
                folder=str(self.work),
            ) from None
        except OSError as error:
            raise ModelError(
                f"The tuned model could not be written to {self.folder}: {in_words(error)}.",
                mend="Free space there, or name another folder by tuning.folder.",
                folder=str(self.folder),
            ) from error

    def settings(self, embedding: EmbeddingSettings) -> EmbeddingSettings:
        """Those of a lake that uses it. It is computed here: no server has it."""
        changed = {"model": str(self.folder), "revision": None}
        if embedding.backend == "server":
            changed["backend"] = "in_process"
        return embedding.model_copy(update=changed)


def tuned_model(project: Project, examples: Sequence[Example]) -> TunedModel:
    """The model that these examples make of the one of the settings. Raises `SettingsError` if
    there is no folder for it."""
    embedding = project.settings.embedding
    facts = json.dumps(project.settings.tuning.facts(), sort_keys=True)
    learned = sorted(
        f"{one.question.question_id} {one.text_hash} {' '.join(key for key, _ in one.wrong)}"
        for one in examples
    )
    digest = ids.digest("tuned", fingerprints.model(embedding), facts, *learned, size=4)
    name = f"{Path(embedding.model).name}-{digest}"
    place = _place(project)
    return TunedModel(name, place / name, place / f".{name}.part")


def _place(project: Project) -> Path:
    settings = project.settings
    named = settings.tuning.folder
    folder = settings.local_path(named) if named else settings.local_path(settings.lake_url)
    if folder is None:
        raise SettingsError(
            "There is no folder for the tuned model.",
            mend="Name one on this machine.",
            problems=[("tuning.folder", named or "nothing", "a folder on this machine")],
        )
    return folder if named else folder / "models"


def finish(
    project: Project, model: TunedModel, examples: Sequence[Example], steps: int, run_id: str
) -> None:
    """Give the trained model its card and lineage, and move it to its place: whole or not at
    all."""
    trained = model.work / "model"
    origin = _lineage(project, trained, examples, steps, run_id)
    (trained / "README.md").write_text(_card(model.name, origin), "utf-8")
    (trained / lineage.NAME).write_text(json.dumps(origin, indent=1), "utf-8")
    if model.folder.is_dir():
        shutil.rmtree(model.folder)  # what a person left of it
    trained.rename(model.folder)
    shutil.rmtree(model.work)


def _lineage(
    project: Project, trained: Path, examples: Sequence[Example], steps: int, run_id: str
) -> Lineage:
    embedding = project.settings.embedding
    kinds = Counter("generated" if one.question.generated else "golden" for one in examples)
    versions = {name: project.lake.version(name) for name in _TABLES}
    weights = [sha256_of(file) for file in sorted(trained.rglob("*.safetensors"))]
    return {
        "base": {"model": embedding.model, "revision": embedding.revision},
        "base_fingerprint": fingerprints.model(embedding),
        "weights_sha256": weights[0] if len(weights) == 1 else ids.digest("weights", *weights),
        "documents": sorted({one.doc_id for one in examples}),
        "questions": sorted({one.question.question_id for one in examples}),
        "texts": sorted({one.text_hash for one in examples}),
        "pairs": dict(kinds),
        "tables": {name: version for name, version in versions.items() if version is not None},
        "recipe": project.settings.tuning.facts(),
        "steps": steps,
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "run_id": run_id or None,
        "made_at": clock.now().isoformat(),
    }


def _card(name: str, origin: Lineage) -> str:
    recipe = origin["recipe"]
    return _CARD.format(
        name=name,
        base=Path(str(origin["base"]["model"])).name,
        fingerprint=origin["base_fingerprint"],
        pairs=sum(origin["pairs"].values()),
        people=origin["pairs"].get("golden", 0),
        server=origin["pairs"].get("generated", 0),
        epochs=recipe["epochs"],
        batch=recipe["batch_pairs"],
        negatives=recipe["negatives"],
        held_out=recipe["held_out"],
        lineage=lineage.NAME,
    )
