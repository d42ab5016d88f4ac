"""embeddings: which texts lack a vector, and which documents the ledger is behind on."""

from __future__ import annotations

from collections.abc import Iterator

from doclake.lake import ledger
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.ledger import LEDGER, LedgerRow


def planned(context: StageContext, model: str, report: StageReport) -> tuple[list[str], int]:
    """Buckets with a document that lacks vectors, and the most vectors that may be lacking."""
    touched, waiting = [], 0
    columns = (*ledger.EMBED_FIELDS, "chunks")
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, columns).items():
        missing = [row for row in LEDGER.rows(rows) if unembedded(row, model)]
        if missing:
            touched.append(bucket)
            waiting += sum(row["chunks"] or 0 for row in missing)
            report.documents += len(rows)
        else:
            report.unchanged += len(rows)
    return touched, waiting


def unembedded(row: LedgerRow, model: str) -> bool:
    """Whether this model has not embedded the document, or the contract refused a vector."""
    if row["model"] != model or row["vectors"] is None:
        return True
    return row["vectors"] < (row["chunks"] or 0)


def behind(context: StageContext, model: str) -> Iterator[list[LedgerRow]]:
    """Whole trees with a document that the ledger does not know as embedded by this model."""
    for rows in ledger.by_bucket(context.lake, context.scope).values():
        for tree in ledger.trees(LEDGER.rows(rows)).values():
            if any(unembedded(row, model) for row in tree):
                yield tree
