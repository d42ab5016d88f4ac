"""OLE compound files: streams within limits, and the children in embedded objects."""

from __future__ import annotations

import io
import struct
from pathlib import Path, PurePosixPath
from typing import Any

from doclake.errors import DocumentMalformed, LimitExceeded
from doclake.extract.containers import ole_summary
from doclake.extract.model import Child

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_STREAM = 256 << 20
_NATIVE = "\x01ole10native"
_SUMMARY = "\x05SummaryInformation"
_PACKAGES = ("package", "package_stream", "embeddedodf", "contents")
"""Streams that hold a whole file, as Office, LibreOffice and other programs name them."""


def is_container(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def open_file(source: Path | bytes) -> Any:
    """The `olefile.OleFileIO` of a file or bytes; raises `DocumentMalformed`."""
    import olefile

    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        return olefile.OleFileIO(io.BytesIO(data))
    except Exception as error:  # olefile lets IndexError, struct.error and more escape
        raise DocumentMalformed(f"The OLE container is broken: {error}") from None


def stream(ole: Any, name: str | list[str]) -> bytes:
    """Bytes of one stream. Raises `DocumentMalformed` if it is missing or broken, `LimitExceeded`
    if it is too large."""
    label = name if isinstance(name, str) else "/".join(name)
    try:
        if ole.get_size(name) > MAX_STREAM:
            raise LimitExceeded(f"Stream {label!r} is larger than {MAX_STREAM >> 20} MB.")
        data: bytes = ole.openstream(name).read()
    except LimitExceeded:
        raise
    except Exception as error:
        raise DocumentMalformed(f"Stream {label!r} cannot be read: {error}") from None
    return data


def summary(source: Path | bytes) -> dict[str, str]:
    """The readable fields of a document's summary: title, author, dates and so on."""
    with open_file(source) as ole:
        try:
            return ole_summary.by_name(stream(ole, _SUMMARY))
        except DocumentMalformed:
            return {}


def unwrap(name: str, data: bytes) -> list[Child]:
    """The file inside an embedded object: an OLE 1.0 package, an OOXML package or the object
    itself. `name` is for a file that carries none."""
    if not data.startswith(MAGIC):
        return [Child(name, data)] if data else []
    try:
        with open_file(data) as ole:
            streams = {"/".join(stream_path).lower(): stream_path for stream_path in ole.listdir()}
            path = next((streams[file] for file in (_NATIVE, *_PACKAGES) if file in streams), None)
            if path is not None:
                return _file(ole, path, str(PurePosixPath(name).with_suffix("")))
    except DocumentMalformed:
        return []
    return [Child(name, data)]


def embedded(ole: Any) -> list[Child]:
    """The files in the embedded objects of a document; each object is a storage of its container.
    Objects without a file, whose data lies in several streams, are left out."""
    children: list[Child] = []
    for path in ole.listdir():
        if len(path) > 1 and path[-1].lower() in (_NATIVE, *_PACKAGES[:3]):
            try:
                children += _file(ole, path, f"object-{len(children) + 1}")
            except DocumentMalformed:
                continue
    return children


def _file(ole: Any, path: list[str], name: str) -> list[Child]:
    """The file in a stream, under `name` unless it is an OLE 1.0 package, which holds a name."""
    data = stream(ole, path)
    return package(name, data) if path[-1].lower() == _NATIVE else [Child(name, data)]


def package(name: str, data: bytes) -> list[Child]:
    """The file in an OLE 1.0 package (MS-OLEDS 2.3.6), which consists of: size, flags, label, path,
    temporary path, bytes."""
    try:
        label, position = _string(data, 6)
        _, position = _string(data, position)
        _, position = _string(data, position + 8)
        (size,) = struct.unpack_from("<I", data, position)
    except (struct.error, ValueError):
        return []
    content = data[position + 4 : position + 4 + size]
    return [Child(PurePosixPath(label.replace("\\", "/")).name or name, content)] if content else []


def _string(data: bytes, position: int) -> tuple[str, int]:
    from doclake.extract.text import charset

    end = data.index(b"\0", position)
    return charset.decode(data[position:end])[0], end + 1
