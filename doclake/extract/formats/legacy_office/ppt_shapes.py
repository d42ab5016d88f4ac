"""Shapes of a PowerPoint 97 slide: where they stand, and which are tables."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from doclake.extract.builder import Blocks
from doclake.extract.cells import cell
from doclake.extract.formats.legacy_office import ppt_tables
from doclake.extract.formats.legacy_office.ppt_records import (
    BYTES,
    CHARS,
    OUTLINE_REF,
    TEXT_HEADER,
    Record,
    flat,
    record_text,
)
from doclake.extract.model import BoundingBox

SHAPE, GROUP, _CLIENT_ANCHOR, _CHILD_ANCHOR, _OPTIONS = 0xF004, 0xF003, 0xF010, 0xF00F, 0xF122
MASTER_UNITS = 72 / 576  # master units are 576 to the inch


def is_table(group: Record) -> bool:
    first = next((child for child in group.children if child.kind == SHAPE), None)
    options = [c.data for c in first.children if c.kind == _OPTIONS] if first else []
    return any(ppt_tables.is_table(data) for data in options)


def add_table(group: Record, number: int, hidden: str | None, blocks: Blocks) -> None:
    cells: list[ppt_tables.Anchored] = []
    for shape in group.all(SHAPE):
        anchor = next((c.data for c in shape.children if c.kind == _CHILD_ANCHOR), b"")
        texts = [record_text(part) for part in flat(shape) if part.kind in (CHARS, BYTES)]
        has_text_box = any(part.kind == TEXT_HEADER for part in flat(shape))
        if len(anchor) >= 16 and has_text_box:
            left, top, right, bottom = struct.unpack_from("<iiii", anchor)
            cells.append((left, top, right, bottom, "\n".join(texts).replace("\r", "\n")))
    rows = ppt_tables.rows(cells)
    if not cell.is_empty(rows):
        first = next(child for child in group.children if child.kind == SHAPE)
        facts = {"page": number, "bbox": _box(first), "hidden": hidden}
        blocks.add("Table", cell.to_text(rows), html=cell.to_html(rows), **facts)


def slide_shapes(
    record: Record, outline: list[tuple[int, str]], used: set[int], skipped: set[int]
) -> Iterator[tuple[int, str, BoundingBox | None]]:
    """(kind of text, text, box) of every shape with text."""
    for shape in record.all(SHAPE):
        if id(shape) in skipped:
            continue
        box = _box(shape)
        kind = 4
        for part in flat(shape):
            if part.kind == TEXT_HEADER:
                kind = int.from_bytes(part.data[:4], "little")
            elif part.kind in (CHARS, BYTES):
                yield kind, record_text(part), box
            elif part.kind == OUTLINE_REF:
                place = int.from_bytes(part.data[:4], "little")
                if place < len(outline):
                    used.add(place)
                    yield outline[place][0], outline[place][1], box


def _box(shape: Record) -> BoundingBox | None:
    """The anchor in points; None for shapes in a group, which are anchored to the group."""
    anchor = next((c for c in shape.children if c.kind == _CLIENT_ANCHOR), None)
    if anchor is None:
        return None
    if len(anchor.data) >= 16:
        top, left, right, bottom = struct.unpack_from("<iiii", anchor.data)
    elif len(anchor.data) >= 8:
        top, left, right, bottom = struct.unpack_from("<hhhh", anchor.data)
    else:
        return None
    unit = MASTER_UNITS
    return (left * unit, top * unit, right * unit, bottom * unit)
