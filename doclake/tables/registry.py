"""Every Arrow schema that crosses a module border, in one place.

Each field carries a description: Dagster shows it as the column's description and the reference
documentation is generated from it. Delta tables are partitioned by (`source`, `bucket`).
"""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.chunks import CHUNKS
from doclake.tables.documents import DOCUMENTS
from doclake.tables.elements import ELEMENTS
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.incidents import INCIDENTS
from doclake.tables.ledger import LEDGER
from doclake.tables.quarantine import QUARANTINE

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "elements": ELEMENTS,
    "chunks": CHUNKS,
    "embeddings": EMBEDDINGS,
    "ledger": LEDGER,
    "quarantine": QUARANTINE,
    "incidents": INCIDENTS,
}


def partition_columns(table: str) -> list[str]:
    """`source` and `bucket`, where the table has buckets."""
    return [name for name in ("source", "bucket") if name in TABLES[table].names]
