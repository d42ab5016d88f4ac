"""The certificate of an erasure: what was removed from where, by whom, when, and what could not be
reached. It knows documents by their ids and their bytes by their hashes; it holds no text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from doclake.errors import SettingsError
from doclake.evaluate import questions
from doclake.govern.erasure_targets import Target
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.project import Project
from doclake.tables.erasures import ERASURES, ErasureRow

_SOURCE = "The source may hold it still; the deny list keeps Doclake from reading it again."
NO_HISTORY = "Dagster's history: this command was told of no DAGSTER_HOME."
_BACKUPS = (
    "Back-ups, snapshots and data sets: `doclake audit --action export` names its own exports."
)
_VERSIONS = "Former versions that the bucket keeps, if it does: a rule of its life cycle ends them."
_MEMORY = "What servers and other processes hold in memory until they are started anew."
_AGENTS = "What agents and their own logs hold of what they remembered here."
_MODELS = "What model servers, where the settings name any, have logged of what they were sent."
_NODES = "Temporary folders on other nodes of the cluster, until the next run there removes them."


@dataclass(frozen=True)
class Certificate:
    """What an erasure did. `rows` are those that stood when it began, by table; `files` those that
    left each table because no version of today needs them. `hashes` are the SHA-256 of the bytes
    that each document and what is inside it were read from. `history` counts what left Dagster's,
    and what is left there. `memories` are ids, too."""

    erasure_id: str
    doclake: str
    erased_by: str
    reason: str | None
    begun_at: str
    documents: Sequence[Mapping[str, Any]]
    rows: dict[str, int]
    not_reached: Sequence[str]
    completed_at: str | None = None
    files: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    index_versions: Mapping[str, int] = field(default_factory=dict)
    history: Mapping[str, int] = field(default_factory=dict)
    memories: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def completed(self, at: datetime, **facts: Any) -> Certificate:
        return replace(self, completed_at=at.isoformat(), **facts)


def opened(
    project: Project,
    targets: Sequence[Target],
    rows: Mapping[str, int],
    *,
    erasure_id: str,
    by: str,
    reason: str | None,
    at: datetime,
    memories: Sequence[str] = (),
) -> Certificate:
    """Of an erasure that begins."""
    return Certificate(
        erasure_id=erasure_id,
        doclake=version("doclake"),
        erased_by=by,
        reason=reason,
        begun_at=at.isoformat(),
        documents=[
            {
                "source": one.source,
                "doc_id": one.root_id,
                "inside": sorted(one.paths.keys() - {one.root_id}),
                "hashes": sorted(set(one.hashes.values())),
            }
            for one in targets
        ],
        rows=dict(rows),
        not_reached=list(_not_reached(project, targets, memories)),
        memories=list(memories),
    )


def save(lake: Lake, one: Certificate) -> None:
    """Write it, in place of what it was before."""
    row: ErasureRow = {
        "erasure_id": one.erasure_id,
        "begun_at": datetime.fromisoformat(one.begun_at),
        "completed_at": datetime.fromisoformat(one.completed_at) if one.completed_at else None,
        "certificate": json.dumps(one.as_json(), ensure_ascii=False),
    }
    scope = Scope(where={"erasure_id": [one.erasure_id]})
    lake.replace(ERASURES.name, scope, ERASURES.arrow([row]))


def saved(lake: Lake, scope: Scope = EVERYTHING) -> list[Certificate]:
    """Of all erasures, oldest first; one that was interrupted is not completed."""
    rows = ERASURES.rows(lake.read(ERASURES.name, scope).sort_by("begun_at"))
    return [Certificate(**json.loads(row["certificate"])) for row in rows]


def _not_reached(
    project: Project, targets: Sequence[Target], memories: Sequence[str]
) -> Iterator[str]:
    if targets:
        yield _SOURCE
        yield from _golden(project, targets)
    if memories:
        yield _AGENTS
    yield _BACKUPS
    if "://" in project.lake.url:
        yield _VERSIONS
    yield _MEMORY
    yield _MODELS
    if project.settings.processing.executor == "ray":
        yield _NODES


def _golden(project: Project, targets: Sequence[Target]) -> Iterator[str]:
    for source in project.settings.sources:
        paths = {path for one in targets if one.source == source for path in one.paths.values()}
        try:
            named = [one for one in questions.golden(project, source) if paths & {*one.documents}]
        except SettingsError:
            continue
        if named:
            yield (
                f"{len(named)} questions in the file sources.{source}.questions name an erased "
                "document: people wrote them, and take them out."
            )
