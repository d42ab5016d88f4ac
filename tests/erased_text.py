"""Looks for a text in every byte of a folder, and in all that its files hold once decoded."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")


def places_of(text: str, folder: Path) -> set[str]:
    """Kinds of files below a folder that hold a text, by suffix, with the files."""
    wanted = text.casefold()
    return {
        f"{file.suffix} {file.relative_to(folder)}"
        for file in folder.rglob("*")
        if file.is_file() and any(wanted in told for told in _told(file))
    }


def _told(file: Path) -> Iterator[str]:
    content = file.read_bytes()
    yield _plain(content.decode("utf-8", "ignore"))
    yield content.decode("utf-16-le", "ignore").casefold()
    if file.suffix == ".parquet":
        yield _plain(pq.read_table(file, partitioning=None).to_pylist())
    elif file.suffix == ".lance":
        yield _plain(_of_lance(file))
    elif file.suffix == ".db":
        yield _plain(list(_of_sqlite(file)))


def _plain(rows: Any) -> str:
    """With the letters that JSON escapes."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(rows)).casefold()


def _of_lance(file: Path) -> list[dict[str, Any]]:
    """Rows of a file of Lance: data, or a part of an index."""
    from lance.file import LanceFileReader

    return LanceFileReader(str(file)).read_all().to_table().to_pylist()


def _of_sqlite(file: Path) -> Iterator[Any]:
    with closing(sqlite3.connect(file)) as database:
        named = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in database.execute(named).fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                yield [_decoded(value) for value in row]


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
