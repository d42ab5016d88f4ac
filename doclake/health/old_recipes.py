"""Documents whose rows an older recipe made: they are found as they were until the next run."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from doclake.errors import ModelError, SettingsError
from doclake.health.personal_data import behind
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.personal.policy import Policy
from doclake.project import Project


@dataclass(frozen=True)
class OldRecipes:
    """How many documents of a source were extracted, cut, judged by steps of curation and embedded
    as the settings no longer say, and how many under another policy for personal data; those that
    are not done at all are no part of it."""

    extracted: int = 0
    cut: int = 0
    judged: int = 0
    embedded: int = 0
    other_policy: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def __str__(self) -> str:
        counts = asdict(self)
        policy = counts.pop("other_policy")
        parts = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
        told = [f"{parts} by an old recipe"] if parts else []
        if policy:
            told.append(f"{policy:,} under another policy for personal data")
        return "; ".join(told)


def old_recipes(project: Project, source: str) -> OldRecipes:
    """Of a configured source; of chunks and vectors none while the folder of the model is away."""
    now, policy = project.fingerprints(source), _of_another_policy(project, source)
    extracted = _count(project, source, "extract_recipe", now.elements)
    try:
        chunks, model = now.chunks, now.embeddings
    except ModelError:
        return OldRecipes(extracted, other_policy=policy)
    cut = _count(project, source, "chunk_recipe", chunks)
    judged = _count(project, source, "curation", now.signals)
    embedded = _count(project, source, "model", model)
    return OldRecipes(extracted, cut, judged, embedded, policy)


def _of_another_policy(project: Project, source: str) -> int:
    """None can be told while the key of `hash` is away: `doclake check` says so."""
    try:
        policy = Policy.of(project.source(source).recipe)
    except SettingsError:
        return 0
    return behind(project, source, policy)


def _count(
    project: Project, source: str, column: str, now: str | dict[str | None, str] | None
) -> int:
    scope = Scope(source, where={"status": [ledger.OK]})
    counted = project.lake.count_by("ledger", ["media_type", column], scope)
    return sum(
        number
        for (media_type, recipe), number in counted.items()
        if recipe is not None and recipe != (now[media_type] if isinstance(now, dict) else now)
    )
