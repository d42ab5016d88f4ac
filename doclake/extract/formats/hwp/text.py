"""Paragraphs and controls of HWP 5 from their records."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from doclake.extract.cells.cell import MAX_SPAN
from doclake.extract.formats.hwp import numbering
from doclake.extract.formats.hwp.flow import (
    Paragraph,
    Story,
    TableCell,
    TableObject,
)
from doclake.extract.formats.hwp.records import (
    CHAR_SHAPE,
    CTRL_HEADER,
    EQUATION,
    LIST_HEADER,
    MEMO_LIST,
    NUMBERING,
    PARA_CHAR_SHAPE,
    PARA_HEADER,
    PARA_SHAPE,
    PARA_TEXT,
    SHAPE_COMPONENT,
    TABLE,
    TEXT_ART,
    Record,
)
from doclake.extract.lost_parts import LostParts
from doclake.extract.text.scripts import subscript, superscript

# Control characters take one unit (WCHAR), or eight with their parameters (table 6 of the
# specification); the extended ones stand for the next control record below the paragraph.
_ONE_UNIT = frozenset({0, 10, 13, *range(24, 32)})
_EXTENDED = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
_SIGNS = {9: "\t", 10: "\n", 24: "-", 30: " ", 31: " "}
_HEADS: dict[int, Literal["outline", "number", "bullet"]] = {1: "outline", 2: "number", 3: "bullet"}
_STORIES: dict[bytes, Literal["header", "footer", "note", "hidden comment"]] = {
    b"head": "header",
    b"foot": "footer",
    b"fn  ": "note",
    b"en  ": "note",
    b"tcmt": "hidden comment",
}
_MAX_LEVEL = 9
_WHITE, _NONE, _TINY = 0x00FFFFFF, 0xFFFFFFFF, 200
_SCRIPTS = ((1 << 15, superscript), (1 << 16, subscript))  # attributes of characters (table 35)


class Look(NamedTuple):
    """Why characters of a shape are hidden, or None, and how their text is written."""

    hidden: str | None
    script: Callable[[str], str]


_PLAIN = Look(None, str)


class Shapes:
    """What DocInfo says about paragraphs and characters by their ids."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.heads: list[tuple[Literal["outline", "number", "bullet"] | None, int, str]] = []
        self.looks: list[Look] = []
        self.numbers = numbering.Numbers()
        count = 0
        for record in records:
            if record.tag == PARA_SHAPE:
                self.heads.append(_head(record.data))
            elif record.tag == NUMBERING:
                count += 1
                self.numbers.add(str(count), numbering.read_record(record.data))
            elif record.tag == CHAR_SHAPE:
                self.looks.append(_look(record.data))


def _head(data: bytes) -> tuple[Literal["outline", "number", "bullet"] | None, int, str]:
    """(kind, level from 1, list) of what stands before the paragraphs of a shape."""
    flags, identity = struct.unpack_from("<I26xH", data.ljust(32, b"\0"))
    level = flags >> 25 & 7
    if len(data) >= 58:  # newer files know ten levels
        level = min(int.from_bytes(data[54:58], "little"), _MAX_LEVEL)
    return _HEADS.get(flags >> 23 & 3), level + 1, str(identity)


def _look(data: bytes) -> Look:
    if len(data) < 64:
        return _PLAIN
    height, attributes = struct.unpack_from("<iI", data, 42)
    color, _, shade = struct.unpack_from("<III", data, 52)
    script = next((script for bit, script in _SCRIPTS if attributes & bit), str)
    if 0 < height <= _TINY:
        return Look("tiny text", script)
    is_white = color == _WHITE and shade in (_NONE, _WHITE)
    return Look("white text" if is_white else None, script)


class SectionReader:
    """Builds the paragraphs of one section."""

    def __init__(self, shapes: Shapes, lost: LostParts) -> None:
        self.shapes = shapes
        self._lost = lost

    def section(self, root: Record) -> list[Paragraph]:
        """Paragraphs of a section, whose definition names the list that numbers its headings."""
        for child in root.children[0].children if root.children else ():
            if child.tag == CTRL_HEADER and child.data[3::-1] == b"secd":
                (identity,) = struct.unpack_from("<H", child.data.ljust(20, b"\0"), 18)
                self.shapes.numbers.outline = str(identity)
        return self.paragraphs(root, False)

    def paragraphs(self, parent: Record, painted: bool) -> list[Paragraph]:
        """Paragraphs right below a record, memos at the end of a section included."""
        paragraphs = []
        memo: Story | None = None
        for record in parent.children:
            if record.tag == MEMO_LIST:
                memo = Story("comment")
                paragraphs.append(Paragraph(objects=[memo]))
                memo.paragraphs.extend(self.paragraphs(record, True))
            elif record.tag == PARA_HEADER:
                with self._lost.part():
                    paragraph = self.paragraph(record, painted)
                    (memo.paragraphs if memo else paragraphs).append(paragraph)
        return paragraphs

    def paragraph(self, record: Record, painted: bool) -> Paragraph:
        paragraph = Paragraph()
        if len(record.data) >= 10:
            (shape,) = struct.unpack_from("<H", record.data, 8)
            if shape < len(self.shapes.heads):
                paragraph.head, paragraph.level, identity = self.shapes.heads[shape]
                paragraph.label = self.shapes.numbers.label(
                    paragraph.head, identity, paragraph.level
                )
        controls = iter([child for child in record.children if child.tag == CTRL_HEADER])
        changes = self._looks(record, painted)
        for child in record.children:
            if child.tag == PARA_TEXT:
                self._text(child.data, controls, changes, paragraph)
        for control in controls:  # damaged: more records than signs
            self._control(control, paragraph, None)
        return paragraph

    def _looks(self, record: Record, painted: bool) -> list[tuple[int, Look]]:
        """The positions where the look of the characters changes."""
        changes = [(0, _PLAIN)]
        for child in record.children:
            if child.tag == PARA_CHAR_SHAPE:
                pairs = child.data[: len(child.data) // 8 * 8]
                for position, shape in struct.iter_unpack("<II", pairs):
                    known = shape < len(self.shapes.looks)
                    look = self.shapes.looks[shape] if known else _PLAIN
                    if painted and look.hidden == "white text":
                        look = look._replace(hidden=None)
                    changes.append((position, look))
        return changes

    def _text(
        self,
        data: bytes,
        controls: Iterator[Record],
        changes: list[tuple[int, Look]],
        paragraph: Paragraph,
    ) -> None:
        units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
        pending = sorted(changes, key=lambda change: change[0], reverse=True)
        look = _PLAIN
        run: list[int] = []
        position = 0
        while position < len(units):
            while pending and pending[-1][0] <= position:
                following = pending.pop()[1]
                if following != look:
                    _end_run(run, look, paragraph)
                    look = following
            unit = units[position]
            if unit >= 32:
                run.append(unit)
            elif unit in _SIGNS:
                run.append(ord(_SIGNS[unit]))
            elif unit in _EXTENDED:
                _end_run(run, look, paragraph)
                control = next(controls, None)
                if control is not None:
                    self._control(control, paragraph, look.hidden)
            position += 1 if unit >= 32 or unit in _ONE_UNIT else 8
        _end_run(run, look, paragraph)

    def _control(self, record: Record, paragraph: Paragraph, reason: str | None) -> None:
        kind = record.data[3::-1] if len(record.data) >= 4 else b""
        if kind in _STORIES:
            paragraph.objects.append(Story(_STORIES[kind], self._lists(record, False)))
        elif kind == b"secd":  # its lists are the master pages behind the text
            paragraph.objects.append(Story("header", self._lists(record, True)))
        elif kind == b"tbl ":
            paragraph.objects.append(self._table(record))
        elif kind == b"tdut":
            main, sub = _strings(record.data, 4, 2)
            paragraph.runs.append((f"{main}({sub})" if sub else main, reason))
        elif kind == b"tcps":
            paragraph.runs.append((_strings(record.data, 4, 1)[0], reason))
        elif kind == b"%hlk":
            address = _strings(record.data, 9, 1)[0].split(";")[0].replace("\\:", ":").split("|")[0]
            if address:
                paragraph.links.append(address)
        else:
            self._shape(record, paragraph)

    def _lists(self, record: Record, painted: bool) -> list[Paragraph]:
        """Paragraphs of the lists below a record: beside the list headers, or under them."""
        paragraphs = self.paragraphs(record, painted)
        for child in record.children:
            if child.tag == LIST_HEADER:
                paragraphs.extend(self.paragraphs(child, painted))
        return paragraphs

    def _shape(self, record: Record, paragraph: Paragraph) -> None:
        """Drawing objects: captions, text boxes, groups, formulas, word art."""
        in_component = record.tag == SHAPE_COMPONENT
        texts = self._lists(record, True)
        if texts:
            paragraph.objects.append(Story("box" if in_component else "caption", texts))
        for child in record.children:
            if child.tag == EQUATION:
                paragraph.add_formula(_strings(child.data, 4, 1)[0])
            elif child.tag == TEXT_ART:
                text = _strings(child.data, 32, 1)[0]
                paragraph.objects.append(Story("box", [Paragraph([(text, None)])]))
            elif child.tag == SHAPE_COMPONENT:
                self._shape(child, paragraph)

    def _table(self, record: Record) -> TableObject:
        """Lists before the table record are its caption, those after it its cells."""
        table = TableObject()
        current: list[Paragraph] | None = None
        in_cells = False
        for child in record.children:
            if child.tag == TABLE:
                in_cells = True
            elif child.tag == LIST_HEADER:
                current = self.paragraphs(child, True)
                if in_cells:
                    table.cells.append(_cell(child.data, current))
                else:
                    table.caption = current
            elif child.tag == PARA_HEADER and current is not None:
                current.append(self.paragraph(child, True))
        return table


def _cell(data: bytes, paragraphs: list[Paragraph]) -> TableCell:
    column, row, colspan, rowspan = struct.unpack_from("<HHHH", data.ljust(16, b"\0"), 8)
    flags = int.from_bytes(data[4:8], "little")
    rowspan, colspan = (min(max(span, 1), MAX_SPAN) for span in (rowspan, colspan))
    return TableCell(row, column, rowspan, colspan, paragraphs, header=bool(flags >> 18 & 1))


def _end_run(run: list[int], look: Look, paragraph: Paragraph) -> None:
    if run:
        data = struct.pack(f"<{len(run)}H", *run)
        paragraph.runs.append((look.script(data.decode("utf-16-le", "replace")), look.hidden))
        run.clear()


def _strings(data: bytes, position: int, count: int) -> list[str]:
    """`count` strings, each after its length in units; empty where the data ends early."""
    strings = []
    for _ in range(count):
        size = int.from_bytes(data[position : position + 2], "little") * 2
        strings.append(data[position + 2 : position + 2 + size].decode("utf-16-le", "replace"))
        position += 2 + size
    return strings
