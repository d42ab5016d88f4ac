"""Files embedded in an RTF: objects of OLE 1.0 (MS-OLEDS 2.2.5), written in hexadecimal."""

from __future__ import annotations

import re
import struct

from doclake.extract.containers import ole
from doclake.extract.model import Child

_OBJECT = re.compile(rb"\\objdata\s*([0-9A-Fa-f\s]+)")
_EMBEDDED = 2
_NO_SIZE = bytes(4)
"""A package in a stream begins with its size; one in an RTF has it in its head."""


def read(data: bytes) -> list[Child]:
    """The files in the order of their objects; damaged and linked ones are left out."""
    children: list[Child] = []
    for match in _OBJECT.finditer(data):
        digits = b"".join(match[1].split())
        native = _native_data(bytes.fromhex(digits[: len(digits) // 2 * 2].decode()))
        name = f"object-{len(children) + 1}"
        if native.startswith(ole.MAGIC):
            children += ole.unwrap(name, native)
        elif native:
            children += ole.package(name, _NO_SIZE + native)
    return children


def _native_data(head: bytes) -> bytes:
    """What follows the names of the class, topic and item of an embedded object."""
    try:
        _, kind = struct.unpack_from("<II", head)
        position = 8
        for _ in range(3):
            (size,) = struct.unpack_from("<I", head, position)
            position += 4 + size
        (size,) = struct.unpack_from("<I", head, position)
    except struct.error:
        return b""
    return head[position + 4 : position + 4 + size] if kind == _EMBEDDED else b""
