"""What happens to files: each way in which one of a lake comes to be damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from tests.flow import Flow


def _flip(file: Path) -> None:
    """A bit in the header of the first page, which no reader of Parquet then understands."""
    content = bytearray(file.read_bytes())
    content[4] ^= 0x10
    file.write_bytes(content)


KINDS: dict[str, Callable[[Path], Any]] = {
    "truncated": lambda file: os.truncate(file, file.stat().st_size // 2),
    "emptied": lambda file: os.truncate(file, 0),
    "deleted": Path.unlink,
    "overwritten": lambda file: file.write_bytes(os.urandom(file.stat().st_size)),
    "flipped": _flip,
}


def file_of(flow: Flow, table: str, bucket: str = "01") -> Path:
    """The file of a bucket of `notes`; that of `01` holds rows of two documents."""
    uris = DeltaTable(flow.lake.table_url(table)).file_uris()
    (uri,) = [uri for uri in uris if f"/source=notes/bucket={bucket}/" in uri]
    return Path(uri.removeprefix("file://"))
