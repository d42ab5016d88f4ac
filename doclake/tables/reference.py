"""The page about the tables, read off their schemas so that it cannot go stale.

python -m doclake.tables.reference > docs/tables.md
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import pyarrow as pa

from doclake.tables import memory_index, search_index
from doclake.tables.columns import BOX
from doclake.tables.registry import TABLES
from doclake.tables.table import Table
from doclake.tables.views import VIEWS

_DIMENSION = 384  # any: the type of a vector is shown without it
_VIEWS_OF_LANCE = (
    (
        "search_index",
        search_index.ABOUT,
        "chunk_id",
        search_index.search_index_schema(_DIMENSION),
    ),
    (
        "memory_index",
        memory_index.ABOUT,
        "memory_id",
        memory_index.memory_index_schema(_DIMENSION),
    ),
)


def markdown() -> str:
    """All of docs/tables.md."""
    template = (files("doclake") / "templates" / "tables.md").read_text("utf-8")
    return template + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("", "## Views", "")
    for view in VIEWS:
        yield from (f"### {view.name}", "", f"{view.about}.", "", "```sql", view.sql, "```", "")
    yield from ("## Tables", "", "| table | one row is | key |", "|---|---|---|")
    for table in TABLES.values():
        yield f"| [`{table.name}`](#{table.name}) | {table.about} | {_names(table.key)} |"
    for name, about, key, _ in _VIEWS_OF_LANCE:
        yield f"| [`{name}`](#{name}) | {about} | `{key}` |"
    for table in TABLES.values():
        yield from ("", f"### {table.name}", "", " ".join(_facts(table)), "")
        yield from _columns(table.schema)
    for name, about, _, schema in _VIEWS_OF_LANCE:
        yield from ("", f"### {name}", "", f"{about}. A table of LanceDB.", "")
        yield from _columns(schema)


def _facts(table: Table[Any]) -> Iterator[str]:
    yield f"{table.about}."
    yield f"Key: {_names(table.key)}."
    if table.partition_columns:
        yield f"Partitioned by {_names(table.partition_columns)}."
    if table.owner is not None:
        owner = table.owner
        yield f"A row lives as long as one of `{owner.table}` with its `{owner.column}`."
    if table.retention is not None:
        yield f"Kept for `retention.{table.retention.setting}` after `{table.retention.column}`."
    if table.feed:
        yield "Delta keeps what each commit changed (change data feed)."


def _columns(schema: pa.Schema) -> Iterator[str]:
    yield from ("| column | type | |", "|---|---|---|")
    for field in schema:
        about = (field.metadata or {})[b"comment"].decode()
        kind = _kind(field.type) if field.nullable else f"{_kind(field.type)}, never null"
        yield f"| `{field.name}` | {kind} | {about} |"


def _kind(kind: pa.DataType) -> str:
    if kind == BOX:
        return "[box](#boxes)"
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return f"list of {_kind(kind.value_type)}"
    if pa.types.is_struct(kind):
        return " and ".join(f"{part.name} ({part.type})" for part in kind)
    return "timestamp, UTC" if pa.types.is_timestamp(kind) else str(kind)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


if __name__ == "__main__":
    print(markdown(), end="")
