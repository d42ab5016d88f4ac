"""Refusals get the path of their document. In older lakes they know its id alone."""

from __future__ import annotations

import pyarrow as pa

from doclake.lake.lake import Lake
from doclake.lake.upgrades.rewriting import rewrite
from doclake.tables.rows import strings


def run(lake: Lake) -> None:
    known = lake.read("ledger", columns=["doc_id", "path"])
    paths = dict(zip(strings(known["doc_id"]), strings(known["path"]), strict=True))

    def with_paths(rows: pa.Table) -> pa.Table:
        bare = rows.drop_columns(["path"]) if "path" in rows.column_names else rows
        found = [paths.get(doc_id) for doc_id in strings(rows["doc_id"])]
        return bare.append_column("path", pa.array(found, pa.string()))

    rewrite(lake, "quarantine", with_paths)
