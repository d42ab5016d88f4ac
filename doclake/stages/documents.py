"""documents: the registry of what a source lists, kept in step with a complete listing.

Bytes are read only where the signature (size, time, tag) changed, so an unchanged source costs a
listing and a join. A document gone from a complete listing is tombstoned, unless more are gone
than the deletion guard allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, ids
from doclake.errors import DocumentError, ListingIncomplete, SettingsError
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings import Deletion
from doclake.sources import Source, digests, open_source, signatures
from doclake.stages.context import Alarm, StageContext, StageReport, batched
from doclake.tables.documents import DOCUMENTS

STAGE = "documents"
COMMIT_ROWS = 2_000
READERS = 8
BUCKETS_AT_ONCE = 8
SAMPLE = 1_000


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


def listing(source: Source, context: StageContext, report: StageReport) -> tuple[pa.Table, bool]:
    """doc_id, bucket, path, size, mtime, signature of all that is listed, and whether it is all."""
    buckets = context.source_settings.buckets
    parts: list[pa.Table] = []
    complete = True
    try:
        for batch in source.list():
            paths = batch.column("path").to_pylist()
            doc_ids = [ids.doc_id(context.source, path) for path in paths]
            parts.append(
                pa.table(
                    {
                        "doc_id": doc_ids,
                        "bucket": [ids.bucket(doc_id, buckets) for doc_id in doc_ids],
                        "path": batch.column("path"),
                        "size": batch.column("size"),
                        "mtime": batch.column("mtime"),
                        "signature": signatures(batch),
                    },
                    schema=_LISTED,
                )
            )
    except ListingIncomplete as error:
        complete = False
        report.alarms.append(Alarm(error.code, error.message, error.mend))
    return pa.concat_tables(parts or [_LISTED.empty_table()]), complete


_LISTED = pa.schema(
    [("doc_id", pa.string()), ("bucket", pa.string())]
    + [DOCUMENTS.field(n) for n in ("path", "size", "mtime", "signature")]
)


def registered_digests(lake: Lake, source: str, buckets: int) -> dict[str, str]:
    """`bucket_digests` of what the registry holds: those of the listing when all of it was done."""
    registry = lake.read("documents", Scope(source), ["path", "signature", "deleted_at"])
    live = registry.filter(pc.is_null(registry["deleted_at"]))
    paths, told = live["path"].to_pylist(), live["signature"].to_pylist()
    return digests(zip(paths, told, strict=True), source, buckets)


class Comparison(NamedTuple):
    """Rows to write in the buckets of the run, registry rows gone in any bucket, and how many
    documents the registry holds."""

    changed: pa.Table
    gone: pa.Table
    live: int


def compare(context: StageContext, listed: pa.Table) -> Comparison:
    """The listing against the registry, of which a few buckets at a time are held.

    Raises `SettingsError` where the registry was written with another number of buckets.
    """
    settings = context.source_settings
    names = ids.bucket_names(settings.buckets)
    _same_buckets(context, set(names))
    changed, gone, live = [], [], 0
    for group in batched(names, BUCKETS_AT_ONCE):
        registry = context.lake.read("documents", Scope(context.source, group))
        mine = listed.filter(pc.is_in(listed["bucket"], value_set=pa.array(group)))
        differing, lost = diff(mine, registry, set(context.buckets), settings.access)
        changed.append(differing)
        gone.append(lost)
        live += registry["deleted_at"].null_count
    return Comparison(pa.concat_tables(changed), pa.concat_tables(gone), live)


def _same_buckets(context: StageContext, names: set[str]) -> None:
    """A document's bucket follows from their number, so rows cannot be found under another."""
    rows = context.lake.read("documents", Scope(context.source), ["doc_id", "bucket"])
    sample = rows.slice(0, SAMPLE).to_pylist()

    def fits(buckets: int) -> bool:
        return all(ids.bucket(row["doc_id"], buckets) == row["bucket"] for row in sample)

    wanted = context.source_settings.buckets
    if fits(wanted) and set(pc.unique(rows["bucket"]).to_pylist()) <= names:
        return
    key = f"sources.{context.source}.buckets"
    written = next((str(n) for n in (1, 2, 4, 8, 16, 32, 64) if fits(n)), "another number")
    raise SettingsError(
        f"{key} is {wanted}, and the lake holds the source in {written}.",
        problems=[(key, str(wanted), f"{written}, or another name for the source")],
    )


def diff(
    listed: pa.Table, registry: pa.Table, buckets: set[str], access: tuple[str, ...]
) -> tuple[pa.Table, pa.Table]:
    """(rows to write in `buckets`, registry rows gone from the listing in any bucket).

    A row to write carries the listed facts and, where the document is known, its registered
    `content_hash`, `first_seen` and `old_signature`; these are None for a new one. `returns` is
    true of one that was deleted.
    """
    counted = registry.group_by("doc_id").aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))["doc_id"]  # by damage: write anew
    once = pc.invert(pc.is_in(registry["doc_id"], value_set=twice.combine_chunks()))
    live = pc.is_null(registry["deleted_at"])
    registered = pc.fill_null(pc.binary_join(registry["access"], "\x1f"), "")
    same_access = pc.equal(registered, "\x1f".join(access))
    known = pa.table(
        {
            "doc_id": registry["doc_id"],
            "old_signature": registry["signature"],
            "content_hash": registry["content_hash"],
            "first_seen": registry["first_seen"],
            "stands": pc.and_(live, same_access),
            "returns": pc.invert(live),
        }
    )
    joined = listed.join(known.filter(once), "doc_id", join_type="left outer")
    unchanged = pc.and_(
        pc.fill_null(pc.equal(joined["signature"], joined["old_signature"]), False),
        pc.fill_null(joined["stands"], False),
    )
    # An empty hash marks bytes that could not be read: try them again.
    unread = pc.fill_null(pc.equal(joined["content_hash"], ""), False)
    in_run = pc.is_in(joined["bucket"], value_set=pa.array(sorted(buckets), pa.string()))
    todo = pc.and_(in_run, pc.or_(pc.invert(unchanged), unread))
    changed = joined.filter(todo).sort_by([("bucket", "ascending"), ("doc_id", "ascending")])
    present = pc.is_in(registry["doc_id"], value_set=listed["doc_id"].combine_chunks())
    gone = registry.filter(pc.and_(live, pc.invert(present)))
    return changed.drop_columns(["stands"]), gone


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


def _row(context: StageContext, item: dict[str, Any], known: Any) -> dict[str, Any]:
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


def _commit(context: StageContext, rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, schema=DOCUMENTS)
    scope = Scope(
        context.source,
        sorted({row["bucket"] for row in rows}),
        {"doc_id": [row["doc_id"] for row in rows]},
    )
    context.lake.replace("documents", scope, table)


def allowed_deletions(guard: Deletion, live: int) -> int:
    """How many of `live` documents may be deleted at once."""
    return max(guard.min_documents, int(guard.max_share * live))


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
    rows = gone.filter(mine).to_pylist()
    for batch in batched(rows, COMMIT_ROWS):
        now = clock.now()
        _commit(context, [row | {"deleted_at": now, "updated_at": now} for row in batch])
        report.add("deleted", len(batch))
