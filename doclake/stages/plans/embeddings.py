"""embeddings: which texts lack a vector, and which documents the ledger is behind on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from doclake.index.recut import COLUMNS as RECUT
from doclake.index.recut import recut
from doclake.index.state import IndexState
from doclake.index.sync import without_vector
from doclake.lake import ledger
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.stages.vector_reuse import PLACE
from doclake.tables.chunks import CHUNKS, KEPT
from doclake.tables.ledger import LEDGER, LedgerRow


def planned(context: StageContext, model: str, report: StageReport) -> tuple[list[str], int]:
    """Buckets with a document that lacks vectors, and the most vectors that may be lacking."""
    touched, waiting = [], 0
    columns = (*ledger.EMBED_FIELDS, "chunks", "dropped")
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, columns).items():
        missing = [row for row in LEDGER.rows(rows) if unembedded(row, model)]
        if missing:
            touched.append(bucket)
            waiting += sum(map(kept, missing))
            report.documents += len(rows)
        else:
            report.unchanged += len(rows)
    return touched, waiting


def unserved(context: StageContext, state: IndexState) -> pa.Table:
    """Texts without a vector of the model that searches use, of documents that searches do not show
    as they are: `PLACE`. Those that were only cut anew are shown as they are."""
    lake, scope = context.lake, context.scope
    chunks = CHUNKS.rows(lake.read("chunks", replace(scope, null=KEPT), [*RECUT, *PLACE]))
    lacking = without_vector(lake, state, scope, chunks)
    as_before = recut(state, context.project.index.table(state), scope, lacking)
    texts = {(row["bucket"], row["text_hash"]) for row in lacking if row["doc_id"] not in as_before}
    columns = {name: [text[i] for text in sorted(texts)] for i, name in enumerate(PLACE)}
    return pa.table(columns, schema=pa.schema([(name, pa.string()) for name in PLACE]))


def unembedded(row: LedgerRow, model: str) -> bool:
    """Whether this model has not embedded the document, or the contract refused a vector."""
    if row["model"] != model or row["vectors"] is None:
        return True
    return row["vectors"] < kept(row)


def kept(row: LedgerRow) -> int:
    """Number of chunks that need a vector."""
    return (row["chunks"] or 0) - (row["dropped"] or 0)


def behind(context: StageContext, model: str) -> Iterator[list[LedgerRow]]:
    """Whole trees with a document that the ledger does not know as embedded by this model."""
    for rows in ledger.by_bucket(context.lake, context.scope).values():
        for tree in ledger.trees(LEDGER.rows(rows)).values():
            if any(unembedded(row, model) for row in tree):
                yield tree
