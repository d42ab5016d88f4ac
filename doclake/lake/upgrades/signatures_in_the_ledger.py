"""The ledger gets the signature under which bytes were read; the registry loses their hash.

Version 0.1 read and hashed changed bytes in the stage `documents`, and again to extract them. Now
they are read once, where they are extracted, and the ledger keeps the signature that the listing
gave them. If registry and ledger agree on the bytes, the signature is copied; if not, the next run
reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.query import query
from doclake.lake.scope import Scope
from doclake.lake.upgrades.rewriting import rewrite
from doclake.tables.ledger import LedgerRow

if TYPE_CHECKING:
    from deltalake import DeltaTable

_READ = pa.schema([(name, pa.string()) for name in ("doc_id", "content_hash", "signature")])


def run(lake: Lake) -> None:
    table = lake.open("documents")
    if table is not None and "content_hash" in {field.name for field in table.schema().fields}:
        for source, bucket in lake.count_by("ledger", ["source", "bucket"]):
            _copy(lake, table, Scope(source, [bucket]))
        rewrite(lake, "documents", lambda rows: rows)  # without their hashes


def _copy(lake: Lake, documents: DeltaTable, scope: Scope) -> None:
    names = ", ".join(_READ.names)
    sql = f"SELECT {names} FROM t WHERE {scope.sql()}"  # noqa: S608 (identifiers only)
    registry = query("documents", documents, sql, _READ).to_pylist()
    signatures: dict[tuple[str, str], str] = {
        (row["doc_id"], row["content_hash"]): row["signature"] for row in registry
    }

    def chosen(rows: pa.Table) -> list[bool]:
        keys = zip(rows["doc_id"].to_pylist(), rows["content_hash"].to_pylist(), strict=True)
        unsigned = (signature is None for signature in rows["signature"].to_pylist())
        return [key in signatures and bare for key, bare in zip(keys, unsigned, strict=True)]

    def signed(row: LedgerRow) -> LedgerRow:
        return row | {"signature": signatures[row["doc_id"], row["content_hash"]]}

    ledger.amend(lake, scope, chosen, signed)
