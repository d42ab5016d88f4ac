"""What an ingest would do and roughly cost. Reads only what is new; writes nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from doclake import ids
from doclake.lake import ledger
from doclake.operate import pace
from doclake.operate.amounts import total, waiting
from doclake.operate.pace import RUN
from doclake.project import Project
from doclake.settings import Settings
from doclake.sources import Source
from doclake.stages import documents
from doclake.stages.context import StageContext
from doclake.stages.plans.access import Goal, documents_behind, said, settled
from doclake.stages.plans.documents import (
    ERASED,
    allowed_deletions,
    compare,
    listing,
    unexplained,
)
from doclake.stages.plans.elements import PLAN_COLUMNS, planned
from doclake.stages.plans.search_index import Recipe
from doclake.stages.report import StageReport
from doclake.tables.documents import DOCUMENTS, DocumentRow

UNITS = {
    "documents": "documents",
    "elements": "seconds of parsing",
    "chunks": "tokens",
    "signals": "chunks",
    "embeddings": "tokens",
    "search_index": "rows",
    RUN: "runs",
}


@dataclass(frozen=True)
class StageForecast:
    """What a stage would do, how long it takes, and the most memory that it is known to hold."""

    stage: str
    amount: float
    unit: str
    seconds: float
    memory_bytes: int | None


@dataclass
class Forecast:
    """Paths by what would happen to them; how many documents are left out because they were erased,
    how many would be cut or embedded anew or get another access list; and the work, stage by stage.

    `ingests` of this machine taught how long it takes, and `error` is the share by which the
    forecasts of the last ones were off: None before the first.
    """

    source: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    recipe_changed: list[str] = field(default_factory=list)
    erased: int = 0
    cut_anew: int = 0
    embedded_anew: int = 0
    access_changed: int = 0
    refused: str = ""
    pages: int = 0
    tokens: int = 0
    seconds: float = 0.0
    stages: list[StageForecast] = field(default_factory=list)
    ingests: int = 0
    error: float | None = None


def forecast(project: Project, source: str, loaded: Collection[str] = ()) -> Forecast:
    """Compare the listing with the registry and the ledger, as an ingest would. `loaded` names the
    stages that the same process has started before."""
    context = StageContext.whole(project, source)
    opened = project.open_source(source, read_only=True)
    report = StageReport(documents.STAGE)
    listed, complete = listing(opened, context, report)
    listed = settled(context, listed)
    differing, gone, live = compare(context, listed)
    changed = differing.to_pylist()
    today = project.today().source(source)
    goal = Goal.by(today, context.source_settings, said(context, listed))
    behind = documents_behind(project.lake, source, goal)
    left_out = int(report.counts.get(ERASED, 0))
    result = Forecast(source, access_changed=behind.total(), erased=left_out)
    read = ledger.read(project.lake, context.scope, ["doc_id", "content_hash"])
    hashes = {row["doc_id"]: row["content_hash"] for row in read}
    _sort(result, opened, changed, DOCUMENTS.rows(gone) if complete else [], hashes)
    _refused(result, report, unexplained(gone, opened), live, project.settings)
    _undone(result, context, {row["path"] for row in changed})
    parsed = {*result.added, *result.changed, *(new for _, new in result.moved)}
    todo = [row for row in changed if row["path"] in parsed]
    _estimate(result, project, todo, len(listed), loaded)
    return result


def _sort(
    result: Forecast,
    source: Source,
    changed: list[dict[str, Any]],
    gone: list[DocumentRow],
    hashes: Mapping[str, str],
) -> None:
    """Sort the paths by what happened to them. A new path with the bytes of a lost one has moved;
    `hashes` are those of the bytes last read."""
    by_content = {hashes.get(row["doc_id"]): row["path"] for row in gone}
    moved_from = set()
    for row in changed:
        if row["old_signature"] is not None and not row["returns"]:
            if hashes.get(row["doc_id"]) != _hash(source, row["path"]):
                result.changed.append(row["path"])
            continue
        old = by_content.get(_hash(source, row["path"])) if by_content else None
        if old is not None and old not in moved_from:
            moved_from.add(old)
            result.moved.append((old, row["path"]))
        else:
            result.added.append(row["path"])
    result.deleted = sorted(row["path"] for row in gone if row["path"] not in moved_from)


def _hash(source: Source, path: str) -> str:
    try:
        with source.open(path) as stream:
            return ids.content_hash_of(stream)
    except Exception:  # a source's library may raise anything; the run reports it
        return ""


def _refused(
    result: Forecast, report: StageReport, lost: int, live: int, settings: Settings
) -> None:
    allowed = allowed_deletions(settings.deletion, live)
    if report.alarms:
        result.refused = report.alarms[0].message
    elif lost > allowed:
        result.refused = f"{lost} of {live} are gone; at most {allowed} may be deleted at once"


def _undone(result: Forecast, context: StageContext, listed: set[str]) -> None:
    """Registered documents whose extraction is missing, due for a retry, or of an old recipe."""
    fingerprints, policy = context.fingerprints.elements, context.personal_data
    before = ledger.trees(ledger.read(context.lake, context.scope, PLAN_COLUMNS))
    todo = planned(context, fingerprints)
    for row in DOCUMENTS.rows(todo.extract):
        if row["path"] in listed:
            continue
        old = any(
            entry["extract_recipe"] not in (None, fingerprints[entry["media_type"]])
            or not policy.stands(entry["personal_recipe"], entry["personal_kinds"])
            for entry in before.get(row["doc_id"], [])
        )
        (result.recipe_changed if old else result.retried).append(row["path"])


def _estimate(
    result: Forecast,
    project: Project,
    todo: list[dict[str, Any]],
    listed: int,
    loaded: Collection[str],
) -> None:
    learned = pace.pace(project.lake, project.settings)
    moved = {new for _, new in result.moved}
    amounts = total(waiting(project, result.source, todo, moved))
    result.cut_anew, result.embedded_anew = amounts.cut_anew, amounts.embedded_anew
    result.pages, result.tokens = round(amounts.pages), round(amounts.embeddings)
    group = project.settings.processing.group_documents
    work: dict[str, float] = {documents.STAGE: listed, **amounts.stages}
    work[RUN] = 1 + max(1, math.ceil(amounts.documents / group))
    if rows := _rows_of_new_index(project):
        work["search_index"] = rows
    for stage in UNITS:
        if amount := work.get(stage):
            course = learned.courses[stage]
            seconds = course.seconds(amount, is_first=stage not in loaded)
            result.stages.append(
                StageForecast(stage, round(amount, 1), UNITS[stage], seconds, course.memory_bytes)
            )
    result.seconds = sum(one.seconds for one in result.stages)
    result.ingests, result.error = learned.ingests, learned.error


def _rows_of_new_index(project: Project) -> int:
    """How many rows a new table of the index would take, if the settings ask for one."""
    state, recipe = project.index.state(), Recipe.of(project)
    if state is None or recipe is None or recipe.made(state):
        return 0
    return sum(project.lake.count_by("chunks", ["source"]).values())
