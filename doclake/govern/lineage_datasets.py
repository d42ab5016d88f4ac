"""Tables, the index and what a source lists, as datasets of OpenLineage.

A table of the lake is one dataset for each source, its folder `source=NAME`; its version is that of
the Delta table.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyarrow as pa

from doclake.project import Project
from doclake.secrets import redact
from doclake.tables.listing import LISTING
from doclake.tables.registry import TABLES
from doclake.tables.search_index import search_index_schema

if TYPE_CHECKING:
    from openlineage.client.generated.base import DatasetFacet

FILES, INDEX = "files", "search_index"


def facets(table: str, owners: Sequence[str], seen: str | None) -> dict[str, DatasetFacet]:
    """Columns, owners and the version that was seen."""
    from openlineage.client.facet_v2 import (
        dataset_version_dataset,
        ownership_dataset,
        schema_dataset,
    )

    made: dict[str, DatasetFacet] = {
        "schema": schema_dataset.SchemaDatasetFacet(
            [
                schema_dataset.SchemaDatasetFacetFields(
                    field.name,
                    str(field.type),
                    (field.metadata or {}).get(b"comment", b"").decode() or None,
                    number,
                )
                for number, field in enumerate(_schema(table), 1)
            ]
        ),
        "ownership": ownership_dataset.OwnershipDatasetFacet(
            [ownership_dataset.Owner(name) for name in owners]
        ),
    }
    if seen is not None:
        made["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(seen)
    return made


def _schema(table: str) -> pa.Schema:
    if table == FILES:
        return LISTING
    return search_index_schema(1) if table == INDEX else TABLES[table].schema


def version_of(project: Project, table: str) -> str | None:
    """Of the table of the lake, or of the index that searches use; None before the first write."""
    if table == FILES:
        return None
    if table == INDEX:
        state = project.index.state()
        rows = project.index.unread(state) if state else None
        return None if rows is None else str(rows.version)
    number = project.lake.version(table)
    return None if number is None else str(number)


def named(project: Project, source: str, table: str) -> tuple[str, str]:
    """Namespace and name of a dataset, as OpenLineage names folders and objects."""
    if table == FILES:
        url = project.settings.sources[source].url
        return _place(str(project.settings.local_path(url) or redact(url)))
    if table == INDEX:
        return _place(project.index.url)
    url = project.lake.table_url(table)
    return _place(f"{url}/source={source}" if source else url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if "://" in url and parts.scheme != "file":
        return f"{parts.scheme}://{parts.netloc}", parts.path.strip("/") or "/"
    return "file", os.path.abspath(parts.path if "://" in url else url)  # noqa: PTH100
