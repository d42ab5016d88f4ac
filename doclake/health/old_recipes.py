"""Documents whose rows an older recipe made: they are found as they were until the next run."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from doclake.errors import ModelError
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.project import Project


@dataclass(frozen=True)
class OldRecipes:
    """How many documents of a source were extracted, cut and embedded as the settings no longer
    say; those that are not done at all are no part of it."""

    extracted: int = 0
    cut: int = 0
    embedded: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def __str__(self) -> str:
        parts = [f"{number:,} {name}" for name, number in asdict(self).items() if number]
        return f"{', '.join(parts)} by an old recipe"


def old_recipes(project: Project, source: str) -> OldRecipes:
    """Of a configured source; of chunks and vectors none while the folder of the model is away."""
    now = project.fingerprints(source)
    extracted = _count(project, source, "extract_recipe", now.elements)
    try:
        chunks, model = now.chunks, now.embeddings
    except ModelError:
        return OldRecipes(extracted)
    cut = _count(project, source, "chunk_recipe", chunks)
    return OldRecipes(extracted, cut, _count(project, source, "model", model))


def _count(project: Project, source: str, column: str, now: str | dict[str | None, str]) -> int:
    scope = Scope(source, where={"status": [ledger.OK]})
    counted = project.lake.count_by("ledger", ["media_type", column], scope)
    return sum(
        number
        for (media_type, recipe), number in counted.items()
        if recipe is not None and recipe != (now if isinstance(now, str) else now[media_type])
    )
