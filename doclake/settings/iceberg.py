"""Which tables are Iceberg tables as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from doclake.settings.fields import Listed
from doclake.tables.registry import TABLES


def _table_name(name: str) -> str:
    if name not in TABLES:
        raise ValueError(f"a table of docs/tables.md, such as {next(iter(TABLES))}")
    return name


TableName = Annotated[str, AfterValidator(_table_name)]
IcebergTables = bool | Listed[TableName]


def chosen(given: bool | Sequence[str]) -> tuple[str, ...]:
    """The names of the tables; none is off."""
    if isinstance(given, bool):
        return tuple(TABLES) if given else ()
    return tuple(given)
