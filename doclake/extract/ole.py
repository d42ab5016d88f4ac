"""OLE compound files: streams within limits, and the documents wrapped in embedded objects."""

from __future__ import annotations

import io
import struct
from pathlib import Path, PurePosixPath
from typing import Any

from doclake.errors import DocumentMalformed, LimitExceeded
from doclake.extract import ole_summary
from doclake.extract.model import Child

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_STREAM = 256 << 20
_OOXML_STREAM = "package"
_SUMMARY = "\x05SummaryInformation"
_RAW_STREAMS = ("contents", "embeddedodf")


def open_file(source: Path | bytes) -> Any:
    """`olefile.OleFileIO` of a file or bytes; raises `DocumentMalformed`."""
    import olefile

    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
        return olefile.OleFileIO(io.BytesIO(data))
    except Exception as error:  # olefile lets IndexError, struct.error and more escape
        raise DocumentMalformed(f"The OLE container is broken: {error}") from None


def stream(ole: Any, name: str | list[str]) -> bytes:
    """Bytes of one stream; raises `DocumentMalformed` if it is missing or broken."""
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


def title(file: Path) -> str | None:
    """The title in the summary of a document, if it has a readable one."""
    with open_file(file) as ole:
        try:
            return ole_summary.read(stream(ole, _SUMMARY)).get(ole_summary.TITLE)
        except DocumentMalformed:
            return None


def unwrap(name: str, data: bytes) -> list[Child]:
    """The file inside an embedded object: an OLE 1.0 package, an OOXML package or the object
    itself. `name` is used where the object carries none."""
    if not data.startswith(MAGIC):
        return [Child(name, data)] if data else []
    try:
        with open_file(data) as ole:
            streams = {"/".join(path).lower(): path for path in ole.listdir()}
            if "\x01ole10native" in streams:
                return _native(name, stream(ole, streams["\x01ole10native"]))
            for inner in (_OOXML_STREAM, *_RAW_STREAMS):
                if inner in streams:
                    return [
                        Child(str(PurePosixPath(name).with_suffix("")), stream(ole, streams[inner]))
                    ]
    except DocumentMalformed:
        return []
    return [Child(name, data)]


def _native(name: str, data: bytes) -> list[Child]:
    """OLE 1.0 `Package` (MS-OLEDS 2.3.6): size, flags, label, path, temporary path, bytes."""
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
    from doclake.extract import charset

    end = data.index(b"\0", position)
    return charset.decode(data[position:end])[0], end + 1
