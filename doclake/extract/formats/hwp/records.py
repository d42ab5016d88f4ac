"""The record streams of HWP 5 (Hancom, "HWP Document File Formats 5.0", 2018) as a tree."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from doclake.errors import DocumentMalformed, LimitExceeded

CHAR_SHAPE, NUMBERING, PARA_SHAPE = 21, 23, 25
DISTRIBUTION = 28
PARA_HEADER, PARA_TEXT, PARA_CHAR_SHAPE = 66, 67, 68
CTRL_HEADER, LIST_HEADER = 71, 72
SHAPE_COMPONENT, TABLE = 76, 77
EQUATION, TEXT_ART = 88, 90
MEMO_LIST = 93
_MAX_LEVEL = 200


@dataclass(slots=True)
class Record:
    """One record and those below it."""

    tag: int
    level: int
    data: bytes
    children: list[Record] = field(default_factory=list)


def inflate(data: bytes, compressed: bool, limit: int, what: str) -> bytes:
    """The bytes of a stream, at most `limit`; a stream cut short gives what it holds."""
    if not compressed:
        return data
    unpacker = zlib.decompressobj(-15)
    try:
        out = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise DocumentMalformed(f"{what} cannot be unpacked: {error}", part=what) from None
    if len(out) > limit:
        raise LimitExceeded(f"{what} unpacks to more than {limit >> 20} MB.", part=what)
    return out


def read(data: bytes) -> Iterator[Record]:
    """Records in order, flat. A size beyond the end ends the stream."""
    position = 0
    while position + 4 <= len(data):
        (header,) = struct.unpack_from("<I", data, position)
        position += 4
        tag, level, size = header & 0x3FF, header >> 10 & 0x3FF, header >> 20
        if size == 0xFFF:
            if position + 4 > len(data):
                return
            (size,) = struct.unpack_from("<I", data, position)
            position += 4
        if position + size > len(data):
            return
        yield Record(tag, level, data[position : position + size])
        position += size


def tree(data: bytes) -> Record:
    """The records under a root, nested by their levels."""
    root = Record(0, -1, b"")
    path = [root]
    for record in read(data):
        if record.level > _MAX_LEVEL:
            raise LimitExceeded(f"Its records nest more than {_MAX_LEVEL} deep.", limit="depth")
        while path[-1].level >= record.level:
            path.pop()
        path[-1].children.append(record)
        path.append(record)
    return root


def decrypt_distribution(data: bytes) -> bytes:
    """A section of a document "for distribution": its key stands, scrambled, in its first record.

    Method: Hancom's supplement on distribution documents. The first four bytes seed Microsoft's
    `rand`; its bytes in runs are XORed over the block; the AES-128 key begins at 4 + (seed & 15).
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    first = next(read(data), None)
    if first is None or first.tag != DISTRIBUTION or len(first.data) < 256:
        raise DocumentMalformed("The section has no complete distribution record.")
    block = bytearray(first.data[:256])
    (seed,) = struct.unpack_from("<I", block)
    state, left, value = seed, 0, 0
    for place in range(256):
        if left == 0:
            state = (state * 214013 + 2531011) & 0xFFFFFFFF
            value = (state >> 16 & 0x7FFF) & 0xFF
            state = (state * 214013 + 2531011) & 0xFFFFFFFF
            left = ((state >> 16 & 0x7FFF) & 0xF) + 1
        if place >= 4:
            block[place] ^= value
        left -= 1
    start = 4 + (seed & 0xF)
    rest = data[4 + len(first.data) :]
    key = bytes(block[start : start + 16])
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 (the format's)
    return decryptor.update(rest[: len(rest) // 16 * 16]) + decryptor.finalize()
