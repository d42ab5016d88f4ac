"""elements: which documents to extract and which trees to remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.fingerprints import ByMediaType
from doclake.lake import erased, ledger
from doclake.lake.slices import runs
from doclake.personal.standing import COLUMNS
from doclake.stages.context import StageContext
from doclake.stages.plans.personal_data import judged
from doclake.stages.plans.settled import settled
from doclake.tables.documents import DOCUMENTS, DocumentRow
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.rows import strings

PLAN_COLUMNS = (
    "doc_id",
    "content_hash",
    "signature",
    "media_type",
    "extract_recipe",
    *COLUMNS,
    "status",
    "retryable",
    "attempts",
    "updated_at",
)
UNREAD = ""  # the content hash of a document that could not be read
LONGEST_REST = timedelta(days=1)
REGISTERED = ("source", "bucket", "doc_id", "path", "size", "signature", "deleted_at")


@dataclass(frozen=True)
class Plan:
    """What a run has to do, read from the registry and the ledger.

    `extract` are registry rows (`REGISTERED`), each with the content hash for which its extraction
    stands (`known`, or null): bytes that have it are not parsed. `remove` are trees of ledger
    rows (with `PLAN_COLUMNS` alone).
    """

    extract: pa.Table
    remove: list[list[LedgerRow]]
    unchanged: int


def planned(context: StageContext, fingerprints: ByMediaType) -> Plan:
    """What a run over these buckets would do now. Of erased documents it removes what is left."""
    registry = context.lake.read("documents", context.scope, REGISTERED)
    registry = erased.without(registry, erased.ids(context.lake, context.source))
    entries = judged(
        context.lake.read("ledger", context.scope, ["bucket", "root_id", *PLAN_COLUMNS]),
        context.personal_data,
    )
    done = settled(registry, entries, fingerprints)
    kept = pc.is_in(registry["doc_id"], value_set=done)
    entries = entries.filter(pc.invert(pc.is_in(entries["root_id"], value_set=done)))
    registered = _of_buckets(registry.filter(pc.invert(kept)))
    before = _of_buckets(entries)
    due = retries(context)
    plans = []
    for bucket in sorted(registered.keys() | before.keys()):
        known = LEDGER.rows(before[bucket]) if bucket in before else []
        listed = registered.get(bucket, registry.slice(0, 0))
        plans.append(plan(listed, ledger.trees(known), fingerprints, due))
    return Plan(
        pa.concat_tables([_with_known(registry.slice(0, 0), []), *(p.extract for p in plans)]),
        [tree for p in plans for tree in p.remove],
        registry.filter(kept)["deleted_at"].null_count + sum(p.unchanged for p in plans),
    )


def _of_buckets(rows: pa.Table) -> dict[str, pa.Table]:
    in_order = rows.sort_by([("bucket", "ascending"), ("doc_id", "ascending")])
    return dict(runs(in_order, "bucket"))


def retries(context: StageContext) -> Callable[[LedgerRow], bool]:
    """Says whether a failed document is due for another attempt: retryable, not parked, rested."""
    processing = context.settings.processing
    now = clock.now()

    def due(entry: LedgerRow) -> bool:
        attempts = entry["attempts"] or 0
        unread = entry["content_hash"] == UNREAD  # rarely, but without end: a source may recover
        if not entry["retryable"] or (attempts >= processing.max_attempts and not unread):
            return False
        rest = min(processing.retry_after * 2 ** min(attempts - 1, 16), LONGEST_REST)
        return bool(context.retry_now or entry["updated_at"] + rest <= now)

    return due


def plan(
    registry: pa.Table,
    before: dict[str, list[LedgerRow]],
    fingerprints: ByMediaType,
    due: Callable[[LedgerRow], bool],
) -> Plan:
    """Documents to extract and trees to remove in one bucket; the rest stays."""
    rows = DOCUMENTS.rows(registry)
    roots = {row["doc_id"] for row in rows if row["deleted_at"] is None}
    known = {
        root: content
        for root in roots
        if (content := _known(root, before.get(root, []), fingerprints, due)) is not None
    }
    read_under = {row["doc_id"]: row["signature"] for tree in before.values() for row in tree}
    extract = [
        row["doc_id"] in roots
        and not (row["doc_id"] in known and read_under[row["doc_id"]] == row["signature"])
        for row in rows
    ]
    remove = [
        tree
        for root, tree in before.items()
        if root not in roots and any(row["status"] != ledger.DELETED for row in tree)
    ]
    remove += [[_unseen(row)] for row in rows if row["deleted_at"] and row["doc_id"] not in before]
    chosen = registry.filter(pa.array(extract, pa.bool_()))
    hashes = [known.get(doc_id) or None for doc_id in strings(chosen["doc_id"])]
    return Plan(_with_known(chosen, hashes), remove, len(roots) - len(chosen))


def _with_known(registry: pa.Table, hashes: list[str | None]) -> pa.Table:
    return registry.append_column("known", pa.array(hashes, pa.string()))


def _unseen(row: DocumentRow) -> LedgerRow:
    """The row of a document deleted before it had one: a run that died may have left elements."""
    return LEDGER.empty_row() | {
        "source": row["source"],
        "bucket": row["bucket"],
        "root_id": row["doc_id"],
        "doc_id": row["doc_id"],
        "path": row["path"],
        "content_hash": UNREAD,
        "status": ledger.DELETED,
    }


def _known(
    root_id: str,
    tree: list[LedgerRow],
    fingerprints: ByMediaType,
    due: Callable[[LedgerRow], bool],
) -> str | None:
    """The content hash for which the extraction of a tree stands; None if it must be done again.

    A tree is done again as a whole: a child has no source to be read from.
    """
    root = next((entry for entry in tree if entry["doc_id"] == root_id), None)
    if root is None or root["status"] == ledger.DELETED:
        return None
    if any(entry["extract_recipe"] != fingerprints[entry["media_type"]] for entry in tree):
        return None
    if any(entry["status"] == ledger.FAILED and due(entry) for entry in tree):
        return None
    return root["content_hash"]
