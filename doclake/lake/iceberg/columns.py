"""The columns of an Iceberg table: those of its Delta table, with their descriptions.

Files of Delta carry no ids of fields, so the table maps names to ids. An id stays with its name:
columns that come later get new ones. All columns may be null, also those that never are: files of
Delta hold no columns of partitions, and pyiceberg takes a needed one that a file lacks for damage.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from pyiceberg.table import Table, Transaction

_COLUMNS = "doclake.columns"


def schema(name: str) -> pa.Schema:
    """As pyiceberg reads descriptions."""
    return pa.schema([pa.field(n, kind, metadata={"doc": about}) for n, kind, about in _all(name)])


def properties(name: str) -> dict[str, str]:
    """What the table keeps of them, to notice when they change."""
    return {_COLUMNS: json.dumps([[n, str(kind), about] for n, kind, about in _all(name)])}


def are_of_today(table: Table, name: str) -> bool:
    """Whether columns and descriptions are those of the Delta table."""
    return table.properties.get(_COLUMNS) == properties(name)[_COLUMNS]


def can_grow(table: Table, name: str) -> bool:
    """Whether the columns that it has are still there, of the same type."""
    known = json.loads(table.properties.get(_COLUMNS, "[]"))
    now = {n: str(kind) for n, kind, _ in _all(name)}
    return bool(known) and all(now.get(column) == kind for column, kind, _ in known)


def map_names(transaction: Transaction, table: Table) -> None:
    """Let readers find columns in files by their names."""
    from pyiceberg.table import TableProperties

    mapping = table.schema().name_mapping.model_dump_json()
    transaction.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping})


def grow(transaction: Transaction, table: Table, name: str) -> None:
    """Add the columns that are new, and say of each what is said of it today."""
    known = {field.name: field.doc for field in table.schema().fields}
    with transaction.update_schema() as change:
        if not known.keys() >= set(TABLES[name].schema.names):
            change.union_by_name(schema(name))
        for column, _, about in _all(name):
            if column in known and known[column] != about:
                change.update_column(column, doc=about)
    transaction.set_properties(properties(name))


def _all(name: str) -> list[tuple[str, pa.DataType, str]]:
    return [
        (field.name, field.type, (field.metadata or {})[b"comment"].decode())
        for field in TABLES[name].schema
    ]
