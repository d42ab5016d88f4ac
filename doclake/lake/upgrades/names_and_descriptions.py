"""Tables get the name and the description that Delta keeps, and their columns the words of today.

In older lakes only columns are described, in the words of the day on which the table was made.
"""

from __future__ import annotations

from functools import partial

from doclake.lake.commits import commit
from doclake.lake.lake import Lake
from doclake.tables.registry import TABLES


def run(lake: Lake) -> None:
    for name in TABLES:
        commit(name, partial(_describe, lake, name))


def _describe(lake: Lake, name: str) -> None:
    table, definition = lake.open(name), TABLES[name]
    if table is None:
        return
    told = table.metadata()
    if told.name != name:
        table.alter.set_table_name(name)
    if told.description != definition.about:
        table.alter.set_table_description(definition.about)
    stored = {field.name: field.metadata for field in table.schema().fields}
    for field in definition.schema:
        words = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        if stored[field.name] != words:
            table.alter.set_column_metadata(field.name, words)
