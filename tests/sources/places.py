"""What the tests of sources share beside fixtures."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from doclake.sources import Source

Opener = Callable[..., Source]
Files = Callable[..., Path]


def paths(listing: Iterable[pa.RecordBatch]) -> set[str]:
    found = [path for batch in listing for path in batch.column("path").to_pylist()]
    assert len(found) == len(set(found)), "a path was listed twice"
    return set(found)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Drop root's right to read everything, where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # nobody
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def silent_server() -> Iterator[str]:
    """`host:port` of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        yield f"{host}:{port}"


def read(source: Source, path: str) -> bytes:
    with source.open(path) as stream:
        return stream.read()
