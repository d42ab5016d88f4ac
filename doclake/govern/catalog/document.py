"""The lake as one document: its sources and tables, with columns, owners, freshness, quality and
lineage, read off the settings, the schemas and the logs of the tables.

docs/catalogues.md describes its shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from doclake import clock
from doclake.lake.iceberg import home
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.secrets import redact
from doclake.tables import search_index
from doclake.tables.quality import QUALITY
from doclake.tables.registry import OF_DOCUMENTS, TABLES
from doclake.tables.table import Table

SHAPE = 1
"""Counts up when a key gets another meaning or goes; new ones may come at any time."""

MadeOf = Mapping[str, Mapping[str, Sequence[str]]]
"""By table and column: `table.column` of what it is made of."""


def document(project: Project, made_of: MadeOf) -> dict[str, Any]:
    """Plain values that are JSON. Raises `LakeError`."""
    written = [name for name in TABLES if project.lake.version(name) is not None]
    tables = [_table(project, TABLES[name], made_of.get(name, {})) for name in written]
    return {
        "shape": SHAPE,
        "made_by": f"doclake {version('doclake')}",
        "read_at": clock.now().isoformat(),
        "lake": redact(project.lake.url),
        "sources": [_source(project, name) for name in project.settings.sources],
        "tables": [*tables, *_index(project, made_of.get("search_index", {}))],
    }


def _source(project: Project, name: str) -> dict[str, Any]:
    settings = project.source(name)
    place = settings.url if project.settings.local_path(settings.url) is None else ""
    rows = QUALITY.rows(project.lake.read(QUALITY.name, Scope(name)))
    latest: Any = max(rows, key=lambda row: row["day"], default=None)
    return {
        "name": name,
        "description": settings.description,
        "url": redact(place or str(project.settings.local_path(settings.url))),
        "owner": settings.owner,
        "access": list(settings.access),
        "freshness_seconds": settings.freshness.total_seconds() if settings.freshness else None,
        "quality": latest and {key: _value(value) for key, value in latest.items()},
    }


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _table(
    project: Project, table: Table[Any], made_of: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    lake = project.lake
    delta = lake.open(table.name)
    assert delta is not None
    (last,) = delta.history(1)
    files = pa.table(delta.get_add_actions(flatten=True)).to_pylist()
    is_iceberg = home.metadata_of(lake, table.name) is not None
    return {
        "name": table.name,
        "description": table.about,
        "format": "delta",
        "url": redact(lake.table_url(table.name)),
        "iceberg_url": redact(home.place(lake, table.name)) if is_iceberg else None,
        "version": delta.version(),
        "updated_at": datetime.fromtimestamp(last["timestamp"] / 1000, UTC).isoformat(),
        "rows": sum(file["num_records"] for file in files),
        "bytes": sum(file["size_bytes"] for file in files),
        "owners": project.settings.owners(""),
        "tags": _tags(table),
        "key": list(table.key),
        "partitioned_by": table.partition_columns,
        "kept_for": table.retention and f"retention.{table.retention.setting}",
        "columns": _columns(table.schema, made_of),
        "made_of": _tables(made_of),
    }


def _tags(table: Table[Any]) -> list[str]:
    held = ["rows-of-documents"] if table.name in OF_DOCUMENTS else []
    return ["doclake", *held, *(["change-feed"] if table.feed else [])]


def _index(project: Project, made_of: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    state = project.index.state()
    rows = project.index.unread(state) if state else None
    if state is None or rows is None:
        return []
    return [
        {
            "name": "search_index",
            "description": search_index.ABOUT,
            "format": "lance",
            "url": redact(f"{project.index.url}/{state.table}.lance"),
            "iceberg_url": None,
            "version": rows.version,
            "updated_at": None,
            "rows": rows.count_rows(),
            "bytes": None,
            "owners": project.settings.owners(""),
            "tags": ["doclake", "rows-of-documents"],
            "key": ["chunk_id"],
            "partitioned_by": [],
            "kept_for": None,
            "columns": _columns(search_index.search_index_schema(state.dimension), made_of),
            "made_of": _tables(made_of),
        }
    ]


def _columns(schema: pa.Schema, made_of: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "type": str(field.type),
            "nullable": field.nullable,
            "description": (field.metadata or {}).get(b"comment", b"").decode(),
            "made_of": list(made_of.get(field.name, ())),
        }
        for field in schema
    ]


def _tables(made_of: Mapping[str, Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(one.split(".")[0] for names in made_of.values() for one in names))
