"""documents: the registry of what a source lists, kept in step with a complete listing.

Bytes are read only where the signature (size, time, tag) changed, so an unchanged source costs a
listing and a join. A document gone from a complete listing is tombstoned, unless more are gone
than the deletion guard allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, ids
from doclake.errors import DocumentError
from doclake.lake.scope import Scope
from doclake.sources import Source, open_source
from doclake.stages.context import StageContext, batched
from doclake.stages.plans.documents import allowed_deletions, compare, listing
from doclake.stages.report import Alarm, StageReport
from doclake.tables.documents import DOCUMENTS, DocumentRow

STAGE = "documents"
COMMIT_ROWS = 2_000
READERS = 8


def run(context: StageContext) -> StageReport:
    with context.exclusive():
        return _run(context)


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
    context.step(STAGE, 0, 0)
    source = open_source(context.source, context.source_settings, context.settings)
    listed, complete = listing(source, context, report)
    changed, gone, live = compare(context, listed)
    report.documents = len(changed)
    report.unchanged = listed.num_rows - len(changed)
    for start in range(0, len(changed), COMMIT_ROWS):
        rows = changed.slice(start, COMMIT_ROWS).to_pylist()
        known = {row["doc_id"]: row for row in rows if row["content_hash"] is not None}
        found = list(_with_content(source, rows))
        _commit(context, [_row(context, item, known.get(item["doc_id"])) for item in found])
        _count(report, found, known)
        context.step(STAGE, start + len(rows), len(changed))
    for reason, files in source.left_out.items():
        report.add(f"left out as {reason}", files)
    if complete:
        _tombstone(context, gone, live, report)
    return report.finished()


def _with_content(source: Source, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows with `content_hash`, read where the signature changed; '' if it cannot be read."""

    def hashed(row: dict[str, Any]) -> dict[str, Any]:
        if row["content_hash"] and row["signature"] == row["old_signature"]:
            return row
        try:
            return row | {"content_hash": ids.content_hash(source.read(row["path"]))}
        except DocumentError:
            return row | {"content_hash": ""}  # the elements stage reads again and records why

    with ThreadPoolExecutor(READERS, thread_name_prefix="doclake-read") as pool:
        for batch in batched(rows, READERS * 8):  # bounded: map() alone would queue everything
            yield from pool.map(hashed, batch)


def _row(context: StageContext, item: dict[str, Any], known: Any) -> DocumentRow:
    now = clock.now()
    return {
        "source": context.source,
        "bucket": item["bucket"],
        "doc_id": item["doc_id"],
        "path": item["path"],
        "content_hash": item["content_hash"],
        "signature": item["signature"],
        "size": item["size"],
        "mtime": item["mtime"],
        "access": list(context.source_settings.access),
        "first_seen": known["first_seen"] if known else now,
        "updated_at": now,
        "deleted_at": None,
    }


def _count(report: StageReport, batch: list[dict[str, Any]], known: dict[str, Any]) -> None:
    for item in batch:
        before = known.get(item["doc_id"])
        if item["content_hash"] == "":
            report.add("unreadable")
        elif before is None:
            report.add("added")
        else:
            same = before["content_hash"] == item["content_hash"]
            report.add("touched" if same else "modified")
    report.rows += len(batch)


def _commit(context: StageContext, rows: list[DocumentRow]) -> None:
    scope = Scope(
        context.source,
        sorted({row["bucket"] for row in rows}),
        {"doc_id": [row["doc_id"] for row in rows]},
    )
    context.lake.replace("documents", scope, DOCUMENTS.arrow(rows))


def _tombstone(context: StageContext, gone: pa.Table, live: int, report: StageReport) -> None:
    """Mark what is gone as deleted, unless the guard holds it back with an alarm."""
    allowed = allowed_deletions(context.settings.deletion, live)
    if gone.num_rows > allowed and not context.allow_deletions:
        report.alarms.append(
            Alarm(
                "deletion_refused",
                f"{gone.num_rows} of {live} documents of {context.source} are gone from the "
                f"listing; at most {allowed} may be deleted at once, so none was.",
                f"If they are really gone: doclake ingest --source {context.source} "
                "--allow-deletions",
            )
        )
        return
    mine = pc.is_in(gone["bucket"], value_set=pa.array(context.buckets, pa.string()))
    rows = DOCUMENTS.rows(gone.filter(mine))
    for batch in batched(rows, COMMIT_ROWS):
        now = clock.now()
        _commit(context, [row | {"deleted_at": now, "updated_at": now} for row in batch])
        report.add("deleted", len(batch))
