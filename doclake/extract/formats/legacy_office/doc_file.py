"""The binary Word format (MS-DOC): text pieces, paragraph and character properties, styles.

Only what text needs is read: the FIB, the piece table, the formatted disk pages (FKP) of
paragraphs and characters, and the names in the style sheet.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doclake.errors import DocumentEncrypted, DocumentMalformed, UnsupportedFormat
from doclake.extract.cells.edge_spans import Edge
from doclake.extract.containers import ole
from doclake.extract.formats.legacy_office import doc_lists
from doclake.extract.formats.legacy_office.doc_properties import (
    PARAGRAPH_SPRMS,
    TABLE_DEFINITION,
    ParagraphProperties,
    cell_edges,
    paragraph_style,
    sprms,
    unseen,
)

_WORD97 = 0x00C1
_WORD = (0xA5EC, 0xA5DC)
_FAR_EAST = (0xA697, 0xA698, 0xA699)  # Word 6 and 95 in Korean, Chinese and Japanese
_PAGE = 512
_MAX_PIECES = 500_000
_MAX_CHAIN = 11  # styles based on one another
# Places of (offset, length) pairs in the FIB's table of 32-bit pairs (MS-DOC 2.5.6).
_STYLES, _CHARACTERS, _PARAGRAPHS, _PIECES, _LISTS, _OVERRIDES = 1, 12, 13, 33, 73, 74


@dataclass(slots=True, frozen=True)
class _Piece:
    start: int  # first character
    end: int
    offset: int  # byte in the stream
    wide: bool


class DocFile:
    """Text and properties of a document by character position (CP)."""

    def __init__(self, file: Path) -> None:
        if not ole.is_container(file):  # from Word 1 or 2, or Word for DOS
            raise _too_old()
        with ole.open_file(file) as container:
            self._main = ole.stream(container, "WordDocument")
            self._check(self._main)
            flags = self._short(self._main, 10)
            self._table = ole.stream(container, "1Table" if flags & 0x0200 else "0Table")
            self.children = ole.embedded(container)
        self.counts = self._story_lengths()
        self._pieces = self._read_pieces()
        self._starts = [piece.start for piece in self._pieces]
        self._styled: dict[int, tuple[int, bytes]] = {}
        self._inherited: dict[int, dict[str, int]] = {}
        self.styles = self._read_styles()
        self._paragraphs = self._pages(_PARAGRAPHS)
        self._characters = self._pages(_CHARACTERS)
        places = self._place(_LISTS), self._place(_OVERRIDES)
        lists, overrides = (offset if length else len(self._table) for offset, length in places)
        self.numbering = doc_lists.read(self._table, lists, overrides)

    @staticmethod
    def _short(data: bytes, position: int) -> int:
        if position + 2 > len(data):
            raise DocumentMalformed("The document ends inside its header.")
        return int.from_bytes(data[position : position + 2], "little")

    def _check(self, main: bytes) -> None:
        mark = self._short(main, 0)
        if mark in _FAR_EAST or (mark in _WORD and self._short(main, 2) < _WORD97):
            raise _too_old()
        if mark not in _WORD:
            raise DocumentMalformed("The header is not that of Word.")
        if self._short(main, 10) & 0x0100:
            raise DocumentEncrypted("The document needs a password.")

    def _story_lengths(self) -> list[int]:
        """Characters of body, footnotes, headers, (macros,) comments, endnotes, text boxes,
        text boxes of headers: the stories follow one another."""
        start = 32 + 2 + self._short(self._main, 32) * 2
        values = struct.unpack_from("<22i", self._main.ljust(start + 90, b"\0"), start + 2)
        return [max(values[place], 0) for place in (3, 4, 5, 7, 8, 9, 10)]

    def _pair(self, place: int) -> bytes:
        """The part of the table stream that a pair in the FIB points at."""
        offset, length = self._place(place)
        return self._table[offset : offset + length]

    def _place(self, place: int) -> tuple[int, int]:
        words = 32 + 2 + self._short(self._main, 32) * 2
        start = words + 2 + self._short(self._main, words) * 4 + 2
        position = start + place * 8
        if position + 8 > len(self._main):
            return 0, 0
        offset, length = struct.unpack_from("<II", self._main, position)
        return offset, length

    def _read_pieces(self) -> list[_Piece]:
        clx = self._pair(_PIECES)
        position = 0
        while position + 3 <= len(clx) and clx[position] == 1:
            position += 3 + self._short(clx, position + 1)
        if position + 5 > len(clx) or clx[position] != 2:
            raise DocumentMalformed("The document has no table of its text pieces.")
        (size,) = struct.unpack_from("<I", clx, position + 1)
        plc = clx[position + 5 : position + 5 + size]
        count = min((len(plc) - 4) // 12, _MAX_PIECES)
        if count < 1:
            raise DocumentMalformed("The document has no text pieces.")
        places = struct.unpack_from(f"<{count + 1}I", plc)
        pieces = []
        for number in range(count):
            (raw,) = struct.unpack_from("<I", plc, (count + 1) * 4 + number * 8 + 2)
            narrow = bool(raw & 0x40000000)
            offset = (raw & 0x3FFFFFFF) // 2 if narrow else raw & 0x3FFFFFFF
            if places[number] < places[number + 1]:
                pieces.append(_Piece(places[number], places[number + 1], offset, not narrow))
        return pieces

    def characters(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """(text, byte offset, bytes a character) of the pieces between two positions; text has
        exactly one character for each position (UTF-16 halves stay halves)."""
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        for piece in self._pieces[first:]:
            if piece.start >= end:
                return
            low, high = max(start, piece.start), min(end, piece.end)
            if low >= high:
                continue
            width = 2 if piece.wide else 1
            offset = piece.offset + (low - piece.start) * width
            raw = self._main[offset : offset + (high - low) * width]
            if piece.wide:
                units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
                yield "".join(map(chr, units)), offset, width
            else:
                yield raw.decode("cp1252", "replace"), offset, width

    def _read_styles(self) -> dict[int, tuple[str, int]]:
        """(name, built-in number) by index; headings 1 to 9 are the built-in 1 to 9."""
        data = self._pair(_STYLES)
        if len(data) < 6:
            return {}
        position = 2 + self._short(data, 0)
        count, base = self._short(data, 2), self._short(data, 4)
        styles: dict[int, tuple[str, int]] = {}
        for index in range(count):
            if position + 2 > len(data):
                break
            size = self._short(data, position)
            std = data[position + 2 : position + 2 + size]
            if size >= base + 2:
                length = int.from_bytes(std[base : base + 2], "little")
                name = std[base + 2 : base + 2 + length * 2].decode("utf-16-le", "replace")
                styles[index] = (name, int.from_bytes(std[0:2], "little") & 0x0FFF)
                self._styled[index] = paragraph_style(std, base + 2 + length * 2 + 2)
            position += 2 + size + (size & 1)
        return styles

    def _pages(self, place: int) -> tuple[list[int], list[int]]:
        """(first byte offsets, page numbers) of the pages that hold properties."""
        data = self._pair(place)
        count = (len(data) - 4) // 8
        if count < 1:
            return [], []
        values = struct.unpack_from(f"<{count * 2 + 1}I", data)
        return list(values[:count]), [value & 0x3FFFFF for value in values[count + 1 :]]

    def _properties(self, pages: tuple[list[int], list[int]], offset: int, step: int) -> bytes:
        """The raw properties for the text at a byte offset; `step` is the size of an entry."""
        starts, numbers = pages
        place = bisect.bisect_right(starts, offset) - 1
        if place < 0:
            return b""
        page = self._main[numbers[place] * _PAGE : numbers[place] * _PAGE + _PAGE]
        if len(page) < _PAGE:
            return b""
        count = min(page[511], 101)
        bounds = struct.unpack_from(f"<{count + 1}I", page)
        entry = bisect.bisect_right(bounds, offset) - 1
        if not 0 <= entry < count:
            return b""
        index = (count + 1) * 4 + entry * step
        where = page[index] * 2 if index < _PAGE else 0
        if where == 0:
            return b""
        if step == 1:  # characters: a byte of length
            return page[where + 1 : where + 1 + page[where]]
        size = page[where] * 2 - 1
        if page[where] == 0:
            where, size = where + 1, page[where + 1] * 2
        return page[where + 1 : where + 1 + size]

    def _style_facts(self, style: int) -> dict[str, int]:
        """What a paragraph inherits from its style and from the base styles of that."""
        if style in self._inherited:
            return self._inherited[style]
        chain: list[bytes] = []
        place = style
        while place in self._styled and len(chain) < _MAX_CHAIN:
            place, raw = self._styled[place]
            chain.append(raw)
        self._inherited[style] = {
            name: int.from_bytes(value, "little")
            for raw in reversed(chain)
            for code, value in sprms(raw)
            if (name := PARAGRAPH_SPRMS.get(code))
        }
        return self._inherited[style]

    def paragraph(self, offset: int) -> ParagraphProperties:
        """Properties of the paragraph whose mark stands at a byte offset."""
        raw = self._properties(self._paragraphs, offset, 13)
        if len(raw) < 2:
            return ParagraphProperties()
        facts = dict(self._style_facts(self._short(raw, 0)))
        left = 0
        edges: tuple[Edge, ...] = ()
        for code, value in sprms(raw[2:]):
            name = PARAGRAPH_SPRMS.get(code)
            if code == TABLE_DEFINITION:
                left, edges = cell_edges(value)
            elif name:
                facts[name] = int.from_bytes(value, "little")
        return ParagraphProperties(
            style=self._short(raw, 0),
            in_table=bool(facts.get("in_table")),
            row_end=bool(facts.get("row_end") or facts.get("inner_row_end")),
            depth=facts.get("depth", 0),
            list_id=facts.get("list_id", 0),
            level=facts.get("level", 0),
            outline=facts.get("outline", 9),
            shaded=bool(facts.get("shading") or facts.get("shading_97")),
            edges=edges,
            left=left,
            header=bool(facts.get("header")),
        )

    def unseen_spans(self) -> list[tuple[int, int, str]]:
        """Byte ranges of hidden text, with the reason."""
        spans = []
        for number in self._characters[1]:
            page = self._main[number * _PAGE : number * _PAGE + _PAGE]
            if len(page) < _PAGE:
                continue
            count = min(page[511], 101)
            bounds = struct.unpack_from(f"<{count + 1}I", page)
            for entry in range(count):
                where = page[(count + 1) * 4 + entry] * 2
                reason = unseen(page[where + 1 : where + 1 + page[where]]) if where else None
                if reason:
                    spans.append((bounds[entry], bounds[entry + 1], reason))
        return spans


def _too_old() -> UnsupportedFormat:
    return UnsupportedFormat(
        "It was saved by Word 6, Word 95 or an older one; Word 97 and later are read.",
        mend="Open it in Word or LibreOffice and save it as .docx.",
    )
