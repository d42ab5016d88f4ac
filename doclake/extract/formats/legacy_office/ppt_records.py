"""Records of a PowerPoint 97 file ([MS-PPT] 2.3) and the text in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from doclake.errors import LimitExceeded

OUTLINE_REF, TEXT_HEADER, CHARS, BYTES = 3998, 3999, 4000, 4008
_PERSIST_DIRECTORY, OBJECT = 6002, 4113
_CONTAINER = 0xF
_MAX_DEPTH, _MAX_RECORDS = 40, 1_000_000


@dataclass(slots=True)
class Record:
    """One record; a container holds others."""

    kind: int
    instance: int
    data: bytes
    children: list[Record] = field(default_factory=list)

    def all(self, kind: int) -> Iterator[Record]:
        for child in self.children:
            if child.kind == kind:
                yield child
            yield from child.all(kind)


def persistent_objects(top: list[tuple[int, Record]], data: bytes) -> dict[int, int]:
    """Offsets by persistent id. Later directories come from later edits and win."""
    offsets: dict[int, int] = {}
    for _, record in top:
        if record.kind != _PERSIST_DIRECTORY:
            continue
        position = 0
        while position + 4 <= len(record.data):
            (head,) = struct.unpack_from("<I", record.data, position)
            first, count = head & 0xFFFFF, head >> 20
            position += 4
            for place in range(min(count, (len(record.data) - position) // 4)):
                (offset,) = struct.unpack_from("<I", record.data, position + place * 4)
                if offset < len(data):
                    offsets[first + place] = offset
            position += count * 4
    return offsets


def records(
    data: bytes, start: int, end: int, depth: int, counter: list[int]
) -> Iterator[tuple[int, Record]]:
    """(offset, record) between two positions; sizes beyond the end are cut to it."""
    position = start
    while position + 8 <= end:
        counter[0] += 1
        if depth > _MAX_DEPTH or counter[0] > _MAX_RECORDS:
            raise LimitExceeded("Its records nest too deep or are too many.", limit="records")
        head, kind, size = struct.unpack_from("<HHI", data, position)
        last = min(position + 8 + size, end)
        if head & 0xF == _CONTAINER:
            record = Record(kind, head >> 4, b"")
            inner = records(data, position + 8, last, depth + 1, counter)
            record.children = [child for _, child in inner]
        else:
            record = Record(kind, head >> 4, data[position + 8 : last])
        yield position, record
        position = last


def record_text(record: Record) -> str:
    codec = "utf-16-le" if record.kind == CHARS else "latin-1"
    return record.data.decode(codec, "replace").replace("\x0b", "\n")


def flat(record: Record) -> Iterator[Record]:
    for child in record.children:
        yield child
        yield from flat(child)
