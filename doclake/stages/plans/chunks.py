"""chunks: which trees to cut again."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.ledger import LEDGER, LedgerRow

PLAN_COLUMNS = ("status", "chunk_recipe", "access_hash")


def planned(context: StageContext, fingerprint: str, report: StageReport) -> dict[str, str]:
    """Roots of the trees to do, each with its bucket."""
    todo: dict[str, str] = {}
    registered = dict(runs(registered_access(context, context.scope), "bucket"))
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, PLAN_COLUMNS).items():
        trees = ledger.trees(LEDGER.rows(rows))
        access = access_of(registered[bucket]) if bucket in registered else {}
        missing = [r for r, tree in trees.items() if _missing(tree, fingerprint, access.get(r))]
        todo |= dict.fromkeys(missing, bucket)
        report.documents += sum(len(trees[root]) for root in missing)
        report.unchanged += len(rows)
    report.unchanged -= report.documents
    return todo


def registered_access(context: StageContext, scope: Scope) -> pa.Table:
    """Who may read each listed document; documents found inside it inherit that."""
    columns = ["bucket", "doc_id", "access", "deleted_at"]
    table = context.lake.read("documents", scope, columns).sort_by("bucket")
    return table.filter(pc.is_null(table["deleted_at"])).drop_columns(["deleted_at"])


def access_of(readers: pa.Table) -> dict[str, list[str]]:
    columns = readers.to_pydict()
    return {d: a or [] for d, a in zip(columns["doc_id"], columns["access"], strict=True)}


def _missing(tree: list[LedgerRow], fingerprint: str, access: list[str] | None) -> bool:
    return any(
        row["chunk_recipe"] != fingerprint
        or (
            row["status"] == ledger.OK
            and row["access_hash"] != ledger.access_hash(row["path"], access or ())
        )
        for row in tree
    )
