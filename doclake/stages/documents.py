"""documents: the registry of what a source lists, brought in line with each complete listing.

No bytes are read here: a changed signature (size, time, tag) makes the stage `elements` read them.
So an unchanged source costs a listing and a join. A document that is gone from a complete listing
gets a tombstone, unless more are gone than the deletion guard allows. Before all that, every
document gets the access list of today, whether it is listed or not, and then what its place says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.lake import audit
from doclake.lake.scope import Scope
from doclake.sources import Source
from doclake.stages import access
from doclake.stages.context import StageContext, batched
from doclake.stages.plans.access import UNKNOWN, Goal, Lists, goals, said, settled
from doclake.stages.plans.documents import (
    ERASED,
    allowed_deletions,
    compare,
    listed_digests,
    listing,
    unexplained,
)
from doclake.stages.report import Alarm, StageReport
from doclake.stages.traced import traced
from doclake.tables.documents import DOCUMENTS, DocumentRow

STAGE = "documents"
COMMIT_ROWS = 2_000
SHOWN = 5


@traced(STAGE)
def run(context: StageContext) -> StageReport:
    with context.exclusive(STAGE, "ledger", "quarantine", "generated_questions"):
        return _run(context)


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
    context.step(STAGE, 0, 0)
    settings = context.project.today().source(context.source)
    access.apply(context, Goal.by(settings, context.source_settings), report)
    source = context.project.open_source(context.source)
    listed, complete = listing(source, context, report)
    listed = settled(context, listed)
    goal = Goal.by(settings, context.source_settings, said(context, listed))
    if goal.listed:
        access.apply(context, goal, report)
    changed, gone, live = compare(context, listed)
    report.documents = len(changed)
    report.unchanged = listed.num_rows - len(changed)
    _register(context, changed, goal, report)
    for reason, files in source.left_out.items():
        report.add(f"left out as {reason}", files)
    for name, number in source.figures.items():
        report.add(name, number)
    if late := _late(context, source):
        report.alarms.append(late)
    if source.unclear:
        report.alarms.append(_unclear(source))
    if complete:
        is_empty = not (listed.num_rows or report.counts.get(ERASED) or source.allow_empty)
        _tombstone(context, gone, _Lost(unexplained(gone, source), live, is_empty), report)
        if any(alarm.code == "deletion_refused" for alarm in report.alarms):
            report.listed = listed_digests(listed, context.source, source.buckets)
    return report.finished()


def _register(context: StageContext, changed: pa.Table, goal: Goal, report: StageReport) -> None:
    narrows = goal.narrows_listed
    for start in range(0, len(changed), COMMIT_ROWS):
        rows = changed.slice(start, COMMIT_ROWS).to_pylist()
        buckets = sorted({row["bucket"] for row in rows})
        known = goals(context.lake, Scope(context.source, buckets), goal) if narrows else {}
        _commit(context, [_row(context, row, goal, known) for row in rows])
        _count(report, rows)
        context.step(STAGE, start + len(rows), len(changed))


def _unclear(source: Source) -> Alarm:
    shown = source.unclear[:SHOWN]
    rest = source.unclear_count - len(shown)
    more = f" And {rest} more." if rest else ""
    return Alarm(
        "access_unclear",
        f"Who may read documents of {source.name} is not clear. {' '.join(shown)}{more}",
        "Mend what is named here; the next run takes it up.",
    )


def _late(context: StageContext, source: Source) -> Alarm | None:
    """That messages wait which are older than the freshness target."""
    target, since = context.source_settings.freshness, source.late_since
    if target is None or since is None or clock.now() - since < target:
        return None
    waiting = source.figures["messages waiting"]
    return Alarm(
        "messages_late",
        f"{waiting:,} messages of {source.name} wait, sent since {since:%Y-%m-%d %H:%M} UTC.",
        "Runs take them one after the other; if more come than that, raise `take_for` and follow "
        "the topic by `doclake stream`.",
    )


def _row(
    context: StageContext, listed: dict[str, Any], goal: Goal, known: Mapping[str, Lists]
) -> DocumentRow:
    now = clock.now()
    own, readers = known.get(listed["doc_id"]) or goal.of(listed["doc_id"], UNKNOWN)
    return {
        "source": context.source,
        "bucket": listed["bucket"],
        "doc_id": listed["doc_id"],
        "path": listed["path"],
        "signature": listed["signature"],
        "size": listed["size"],
        "mtime": listed["mtime"],
        "access": sorted(readers.allow),
        "denied": sorted(readers.deny) or None,
        "own_access": None if own is None else sorted(own),
        "first_seen": listed["first_seen"] or now,
        "updated_at": now,
        "deleted_at": None,
    }


def _count(report: StageReport, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["old_signature"] is None or row["returns"]:
            report.add("added")
        else:
            report.add("changed")
    report.rows += len(rows)


def _commit(context: StageContext, rows: list[DocumentRow]) -> None:
    scope = Scope(
        context.source,
        sorted({row["bucket"] for row in rows}),
        {"doc_id": [row["doc_id"] for row in rows]},
    )
    context.lake.replace("documents", scope, DOCUMENTS.arrow(rows))


class _Lost(NamedTuple):
    """How many documents are gone without a word, of how many; and whether the listing has none at
    all: far more often a mount is missing than the last document."""

    number: int
    live: int
    all_at_once: bool


def _tombstone(context: StageContext, gone: pa.Table, lost_: _Lost, report: StageReport) -> None:
    """Mark the rows of `gone` as deleted; raise an alarm instead if the guard forbids it, because
    too many of them were lost without a word."""
    lost, live, all_at_once = lost_
    allowed = 0 if all_at_once else allowed_deletions(context.settings.deletion, live)
    if lost > allowed and not context.allow_deletions:
        report.alarms.append(
            Alarm(
                "deletion_refused",
                f"{lost} of {live} documents of {context.source} are gone from the "
                f"listing; at most {allowed} may be deleted at once, so none was.",
                f"If they are really gone: doclake ingest --source {context.source} "
                "--allow-deletions",
            )
        )
        _note(context, "deletions_refused", lost)
        return
    in_run = pc.is_in(gone["bucket"], value_set=pa.array(context.buckets, pa.string()))
    rows = DOCUMENTS.rows(gone.filter(in_run))
    for batch in batched(rows, COMMIT_ROWS):
        now = clock.now()
        _commit(context, [row | {"deleted_at": now, "updated_at": now} for row in batch])
        report.add("deleted", len(batch))
    if rows and lost > allowed:
        _note(context, "allow_deletions", len(rows))


def _note(context: StageContext, action: str, documents: int) -> None:
    """In the audit: that the guard held, or was told to let deletions through."""
    run_id = context.run_id or None
    audit.note(
        context.lake, action=action, source=context.source, subject_id=run_id, rows=documents
    )
