"""documents: how the listing and the registry differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.errors import ListingIncomplete, SettingsError
from doclake.lake import erased
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings import Deletion
from doclake.sources import Source, digests, signatures, statements
from doclake.stages.context import StageContext, batched
from doclake.stages.report import Alarm, StageReport
from doclake.tables.documents import DOCUMENTS
from doclake.tables.rows import strings

ERASED = "left out as erased"
"""In a report: how many listed documents were erased."""
BUCKETS_AT_ONCE = 8
SAMPLE = 1_000


def listing(source: Source, context: StageContext, report: StageReport) -> tuple[pa.Table, bool]:
    """doc_id, bucket, path, size, mtime, signature of every listed document that was not erased,
    what its place says of who may read it, and whether these are all."""
    buckets = context.source_settings.buckets
    parts: list[pa.Table] = []
    complete = True
    try:
        for batch in source.list():
            paths = strings(batch.column("path"))
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
                        "own_access": batch.column("access"),
                        "denied": batch.column("denied"),
                        "unsure": batch.column("unsure"),
                    },
                    schema=_LISTED,
                )
            )
    except ListingIncomplete as error:
        complete = False
        report.alarms.append(Alarm(error.code, error.message, error.mend))
    every = pa.concat_tables(parts or [_LISTED.empty_table()])
    listed = erased.without(every, erased.ids(context.lake, context.source))
    if len(listed) < len(every):
        report.add(ERASED, len(every) - len(listed))
    return listed, complete


_READERS = ("own_access", "denied", "unsure")
_LISTED = pa.schema(
    [pa.field("doc_id", pa.string()), pa.field("bucket", pa.string())]
    + [DOCUMENTS.schema.field(n) for n in ("path", "size", "mtime", "signature")]
    + [*(DOCUMENTS.schema.field(n) for n in _READERS[:2]), pa.field("unsure", pa.bool_())]
)


def registered_digests(lake: Lake, source: str, buckets: int) -> dict[str, str]:
    """The `digests` of the registry: those of the listing once all of it is done."""
    columns = ["path", "signature", "own_access", "denied", "deleted_at"]
    registry = lake.read("documents", Scope(source), columns)
    live = registry.filter(pc.is_null(registry["deleted_at"]))
    return digests(_signed(live), source, buckets, erased.ids(lake, source))


def listed_digests(listed: pa.Table, source: str, buckets: int) -> dict[str, str]:
    """The `digests` of what `listing` gave: those of the registry, unless deletions are refused."""
    return digests(_signed(listed), source, buckets)


def _signed(rows: pa.Table) -> Iterator[tuple[str, str]]:
    columns = rows.select(["own_access", "denied"]).rename_columns(["access", "denied"])
    marks = map("".join, zip(strings(rows["signature"]), statements(columns), strict=True))
    return zip(strings(rows["path"]), marks, strict=True)


class Comparison(NamedTuple):
    """Rows to write in the buckets of the run, registry rows gone from any bucket, and how many
    live documents the registry holds."""

    changed: pa.Table
    gone: pa.Table
    live: int


def compare(context: StageContext, listed: pa.Table) -> Comparison:
    """Compare the listing with the registry, a few buckets at a time. What an interrupted erasure
    left in the registry is neither changed nor gone.

    Raises `SettingsError` if the registry was written with another number of buckets.
    """
    names = ids.bucket_names(context.source_settings.buckets)
    _same_buckets(context, set(names))
    changed, gone, live = [], [], 0
    denied = erased.ids(context.lake, context.source)
    for group in batched(names, BUCKETS_AT_ONCE):
        registry = context.lake.read("documents", Scope(context.source, group))
        registry = erased.without(registry, denied)
        listed_here = listed.filter(pc.is_in(listed["bucket"], value_set=pa.array(group)))
        differing, lost = diff(listed_here, registry, set(context.buckets))
        changed.append(differing)
        gone.append(lost)
        live += registry["deleted_at"].null_count
    return Comparison(pa.concat_tables(changed), pa.concat_tables(gone), live)


def _same_buckets(context: StageContext, names: set[str]) -> None:
    """Refuse another number of buckets: it decides the bucket in which a document is looked up."""
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


def diff(listed: pa.Table, registry: pa.Table, buckets: set[str]) -> tuple[pa.Table, pa.Table]:
    """(rows to write in `buckets`, registry rows gone from the listing in any bucket).

    A row to write has the listed facts and the document's `first_seen` and `old_signature`, None
    for a new one. `returns` is true of one that was deleted.
    """
    counted = registry.group_by("doc_id").aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))["doc_id"]  # damage: write them anew
    once = pc.invert(pc.is_in(registry["doc_id"], value_set=twice.combine_chunks()))
    live = pc.is_null(registry["deleted_at"])
    known = pa.table(
        {
            "doc_id": registry["doc_id"],
            "old_signature": registry["signature"],
            "first_seen": registry["first_seen"],
            "returns": pc.invert(live),
        }
    )
    facts = [name for name in listed.column_names if name not in _READERS]  # it joins no lists
    joined = listed.select(facts).join(known.filter(once), "doc_id", join_type="left outer")
    unchanged = pc.and_(
        pc.fill_null(pc.equal(joined["signature"], joined["old_signature"]), False),
        pc.and_(
            pc.fill_null(pc.invert(joined["returns"]), False),
            pc.is_valid(joined["first_seen"]),  # else a repair made the row from the ledger
        ),
    )
    in_run = pc.is_in(joined["bucket"], value_set=pa.array(sorted(buckets), pa.string()))
    todo = pc.and_(in_run, pc.invert(unchanged))
    changed = joined.filter(todo).sort_by([("bucket", "ascending"), ("doc_id", "ascending")])
    present = pc.is_in(registry["doc_id"], value_set=listed["doc_id"].combine_chunks())
    gone = registry.filter(pc.and_(live, pc.invert(present)))
    return changed, gone


def unexplained(gone: pa.Table, source: Source) -> int:
    """How many rows of `gone` the place does not say itself that they were deleted: the guard is
    about these."""
    if not source.deleted:
        return gone.num_rows
    said = pc.is_in(gone["path"], value_set=pa.array(sorted(source.deleted), pa.string()))
    return int(gone.num_rows - (pc.sum(said).as_py() or 0))


def allowed_deletions(guard: Deletion, live: int) -> int:
    """How many of `live` documents may be deleted at once."""
    return max(guard.min_documents, int(guard.max_share * live))
