"""What Dagster shows of a table: its columns, what they are made of, where it is."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
import pyarrow as pa

from doclake_dagster.assets.common.lineage import column_lineage


def table_metadata(
    table: str, schema: pa.Schema, url: str, sources: Sequence[str]
) -> dict[str, Any]:
    """Of a table at `url` that is made of the tables of these sources."""
    return {
        "dagster/column_schema": column_schema(schema),
        "dagster/column_lineage": column_lineage(table, sources),
        "dagster/uri": url if "://" in url else f"file://{url}",
        "dagster/table_name": table,
    }


def column_schema(schema: pa.Schema) -> dg.TableSchema:
    """The Arrow schema as Dagster shows it, with the descriptions of its columns."""
    return dg.TableSchema(columns=[_column(column) for column in schema])


def _column(column: pa.Field) -> dg.TableColumn:
    about = (column.metadata or {}).get(b"comment", b"").decode()
    constraints = dg.TableColumnConstraints(nullable=column.nullable)
    return dg.TableColumn(column.name, str(column.type), about, constraints)
