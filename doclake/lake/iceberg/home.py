"""Where the Iceberg tables of a lake stand: in `iceberg/`, beside its Delta tables.

Of each table that folder holds metadata only. `NAME/metadata/version-hint.text` names the one that
counts, in a folder as in a bucket. Metadata names files by whole addresses, so a lake that was
moved has none that counts: its Iceberg tables are made anew. In a folder, `catalog.db` is a catalog
in SQLite over the same, for readers that ask for tables by name.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doclake import extras
from doclake.lake import beside
from doclake.lake.lake import Lake

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table

FOLDER, NAMESPACE, CATALOG = "iceberg", "doclake", "catalog.db"
_HINT, _END = "version-hint.text", ".metadata.json"


def place(lake: Lake, name: str) -> str:
    """The folder of an Iceberg table, as DuckDB and others are given it."""
    return f"{lake.url}/{FOLDER}/{name}"


def address(lake: Lake, url: str) -> str:
    """As metadata names files: with a scheme, and nothing of it encoded."""
    return url if "://" in lake.url else f"file://{url}"


@contextmanager
def catalog(lake: Lake) -> Iterator[SqlCatalog]:
    """The catalog, opened. Of a lake in a bucket it is empty and gone when it is closed: SQLite
    has no place there. Raises `ExtraMissing`."""
    extras.require("pyiceberg", "An Iceberg table")
    from pyiceberg.catalog.sql import SqlCatalog

    remote = "://" in lake.url
    if not remote:
        Path(lake.url, FOLDER).mkdir(parents=True, exist_ok=True)
    where = "sqlite://" if remote else f"sqlite:///{lake.url}/{FOLDER}/{CATALOG}"
    warehouse = address(lake, f"{lake.url}/{FOLDER}")
    opened = SqlCatalog(NAMESPACE, uri=where, warehouse=warehouse, **(_store() if remote else {}))
    try:
        opened.create_namespace_if_not_exists(NAMESPACE)
        yield opened
    finally:
        opened.close()


def _store() -> dict[str, str]:
    """How pyiceberg reaches S3, by the variables that Delta reads as well; the keys it reads
    itself."""
    known = {
        "s3.endpoint": os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT"),
        "s3.region": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
    }
    return {name: value for name, value in known.items() if value}


def opened(catalog: SqlCatalog, lake: Lake, name: str) -> Table | None:
    """The table as its hint says, whatever the catalog says; None where there is none, or none that
    can be read, or one of another place."""
    from pyiceberg.exceptions import NoSuchTableError, ValidationError

    current = metadata_of(lake, name)
    if current is None:
        return None
    current = address(lake, current)
    try:
        with suppress(NoSuchTableError, OSError):  # a run that died may have left either
            table = catalog.load_table((NAMESPACE, name))
            if table.metadata_location == current:
                return table
        _drop(catalog, name)
        table = catalog.register_table((NAMESPACE, name), current)
    except (OSError, ValueError, ValidationError):  # it is not there, or it is no metadata
        return None
    return table if table.location() == address(lake, place(lake, name)) else None


def cleared(catalog: SqlCatalog, lake: Lake, name: str) -> None:
    """Make room for a table of this name."""
    _drop(catalog, name)
    remove(lake, name)


def _drop(catalog: SqlCatalog, name: str) -> None:
    from pyiceberg.exceptions import NoSuchTableError

    with suppress(NoSuchTableError):
        catalog.drop_table((NAMESPACE, name))


def metadata_of(lake: Lake, name: str) -> str | None:
    """Address of the metadata that counts; None if there is no such table."""
    files, root = beside.opened(lake, f"{FOLDER}/{name}/metadata")
    try:
        hint = files.cat_file(f"{root}/{_HINT}").decode().strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return f"{place(lake, name)}/metadata/{hint}{_END}" if hint else None


def point(lake: Lake, name: str, table: Table) -> None:
    """Let the metadata of `table` count from now on."""
    hint = table.metadata_location.rsplit("/", 1)[-1].removesuffix(_END)
    files, root = beside.opened(lake, f"{FOLDER}/{name}/metadata")
    if "://" in lake.url:
        files.pipe_file(f"{root}/{_HINT}", hint.encode())
        return
    written = Path(root, f".{_HINT}")
    written.write_text(hint, "utf-8")
    written.replace(Path(root, _HINT))  # readers see the one or the other


def names(lake: Lake) -> list[str]:
    """Of the Iceberg tables that are there, whatever state they are in."""
    files, root = beside.opened(lake, FOLDER)
    try:
        listed = files.ls(root, detail=True)
    except FileNotFoundError:
        return []
    return sorted(one["name"].rsplit("/", 1)[-1] for one in listed if one["type"] == "directory")


def remove(lake: Lake, name: str) -> None:
    """Remove an Iceberg table, which touches no row."""
    files, root = beside.opened(lake, f"{FOLDER}/{name}")
    if "://" in lake.url:
        with suppress(FileNotFoundError):
            files.rm(root, recursive=True)
        return
    shutil.rmtree(root, ignore_errors=True)
    known = Path(lake.url, FOLDER, CATALOG)
    if known.exists():
        # Without pyiceberg, which need not be installed any more.
        with closing(sqlite3.connect(known)) as database, database:
            of_name: tuple[Any, ...] = (NAMESPACE, name)
            database.execute(
                "DELETE FROM iceberg_tables WHERE table_namespace = ? AND table_name = ?", of_name
            )
