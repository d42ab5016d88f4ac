"""Arrow schemas as Dagster shows them."""

import dagster as dg
import pyarrow as pa


def column_schema(schema: pa.Schema) -> dg.TableSchema:
    """The Arrow schema as Dagster shows it, with the descriptions of its columns."""
    return dg.TableSchema(columns=[_column(column) for column in schema])


def _column(column: pa.Field) -> dg.TableColumn:
    about = (column.metadata or {}).get(b"comment", b"").decode()
    constraints = dg.TableColumnConstraints(nullable=column.nullable)
    return dg.TableColumn(column.name, str(column.type), about, constraints)
