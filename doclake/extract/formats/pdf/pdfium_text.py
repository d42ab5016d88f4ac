"""Lines and words of a page from the characters of PDFium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Line

_INVISIBLE = 3  # text render mode
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18  # font descriptor flags
_LINE = 1.15  # text sizes: the usual height of a line
_SPACE, _APART = 0.15, 0.6  # gaps in text sizes: a space, the end of a line
_PALE = 0xF0F0F0


class View:
    """From PDF coordinates (bottom left, unrotated) to the page as displayed (top left)."""

    def __init__(self, source: Any) -> None:
        self._left, self._bottom, self._right, self._top = source.get_cropbox()
        self.turn = source.get_rotation() // 90 % 4
        size = self._right - self._left, self._top - self._bottom
        self.width, self.height = size if self.turn % 2 == 0 else size[::-1]

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        if self.turn == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self.turn == 1:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self.turn == 2:
            return (
                self._right - right,
                bottom - self._bottom,
                self._right - left,
                top - self._bottom,
            )
        return self._top - top, self._right - right, self._top - bottom, self._right - left


Rectangle = tuple[tuple[float, float, float, float], str]
"""Left, bottom, right, top, and the text in it."""


def rectangles(text: Any) -> list[Rectangle]:
    """pdfium's own text rectangles: one for each stretch of one font on one baseline."""
    edges = [text.get_rect(number) for number in range(text.count_rects())]
    return [(one, text.get_text_bounded(*one)) for one in edges]


def are_exact(text: Any, rects: Sequence[Rectangle]) -> bool:
    """Do the rectangles hold each letter of the page once? Where some overlap, letters stand in
    several, and those between two fonts may stand in none."""
    inside = sum([_letters(content) for _, content in rects])
    return inside == _letters(text.get_text_range())


def _letters(content: str) -> int:
    return len("".join(content.split()))


def lines(
    text: Any, rects: Sequence[Rectangle], view: View, painted: dict[int, int]
) -> Iterator[Line]:
    handle = text.raw
    for (left, bottom, right, top), content in rects:
        content = content.replace("\r\n", " ").replace("\x02", "-").replace("\ufffe", "-")
        if not content.strip():
            continue
        middle = (bottom + top) / 2
        index = raw.FPDFText_GetCharIndexAtPos(handle, left + 0.5, middle, 2.0, top - bottom)
        line = Line(content, *view.box(left, bottom, right, top), top - bottom)
        if index >= 0:
            style(line, handle, index, view, painted)
        yield line


def whole(pieces: Iterator[Line]) -> Iterator[Line]:
    """Join pieces that differ only in font to one line, in the style of the longest."""
    for group in grouped(pieces):
        yield joined(group, _text_of(group))


def grouped(pieces: Iterable[Line]) -> list[list[Line]]:
    """Pieces of the same line."""
    groups: list[list[Line]] = []
    line: Line | None = None
    for piece in pieces:
        if line is not None and _goes_on(line, piece):
            groups[-1].append(piece)
            line = joined([line, piece], line.text + piece.text)
        else:
            groups.append([piece])
            line = piece
    return groups


def _text_of(pieces: Sequence[Line]) -> str:
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        spaced = text[-1:].isspace() or piece.text[:1].isspace()
        size = max(before.size, piece.size)
        text += ("" if spaced or piece.x0 - before.x1 <= _SPACE * size else " ") + piece.text
    return text


def joined(pieces: Sequence[Line], text: str) -> Line:
    """One line of pieces, in the style of the longest."""
    return replace(
        max(pieces, key=lambda piece: len(piece.text)),
        text=text,
        x0=pieces[0].x0,
        y0=min([piece.y0 for piece in pieces]),
        x1=pieces[-1].x1,
        y1=max([piece.y1 for piece in pieces]),
        bold=all(piece.bold for piece in pieces),
        raised=len(pieces) > 1 and pieces[0].size < 0.8 * pieces[1].size,
    )


def _goes_on(line: Line, piece: Line) -> bool:
    """Does this piece stand right after the line, on its baseline and painted as visibly?"""
    if line.turn or piece.turn or line.alpha != piece.alpha:
        return False
    if (line.colour >= _PALE) != (piece.colour >= _PALE):
        return False
    overlap = min(line.y1, piece.y1) - max(line.y0, piece.y0)
    if overlap < 0.5 * min(line.y1 - line.y0, piece.y1 - piece.y0):
        return False
    return -0.5 * line.size < piece.x0 - line.x1 < _APART * line.size


def style(line: Line, handle: Any, index: int, view: View, painted: dict[int, int]) -> None:
    """Size, font, colour, direction and visibility, from the first character of a line."""
    size = raw.FPDFText_GetFontSize(handle, index) or 1.0
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(handle, index, matrix):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        quarter = 0 if matrix.a >= 0 else 2
        if abs(matrix.b) > abs(matrix.a):
            quarter = 3 if matrix.b > 0 else 1
        line.turn = (quarter + view.turn) % 4
    line.size = size
    line.font, flags = _font(handle, index)
    heavy = raw.FPDFText_GetFontWeight(handle, index) >= 600
    line.bold = heavy or bool(flags & _FORCE_BOLD) or "bold" in line.font.lower()
    line.mono = bool(flags & _FIXED_PITCH)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if raw.FPDFText_GetFillColor(handle, index, red, green, blue, alpha):
        line.colour = red.value << 16 | green.value << 8 | blue.value
        line.alpha = alpha.value
    owner = raw.FPDFText_GetTextObject(handle, index)
    if owner:
        line.order = painted.get(address(owner), 0)
        if raw.FPDFTextObj_GetTextRenderMode(owner) == _INVISIBLE:
            line.alpha = 0
    _pad(line)


def _pad(line: Line) -> None:
    """pdfium's rectangles hug the ink; make them as high as a line of their size."""
    if line.turn % 2:
        missing = _LINE * line.size - (line.x1 - line.x0)
        if missing > 0:
            line.x0, line.x1 = line.x0 - missing / 2, line.x1 + missing / 2
        return
    missing = _LINE * line.size - (line.y1 - line.y0)
    if missing > 0:
        line.y0, line.y1 = line.y0 - missing / 2, line.y1 + missing / 2


def _font(handle: Any, index: int) -> tuple[str, int]:
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(96)
    length = raw.FPDFText_GetFontInfo(handle, index, buffer, 96, flags)
    name = buffer.raw[: max(length - 1, 0)].decode("utf-8", "replace") if 0 < length <= 96 else ""
    return name.split("+", 1)[-1], flags.value


def line_words(text: Any, view: View) -> Iterator[Word]:
    """Words of a page, character by character; read only where a page table may be."""
    handle = text.raw
    rect = raw.FS_RECTF()
    letters: list[str] = []
    boxes: list[Box] = []
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(handle, index) or 0xFFFD)
        if letter.isspace() or letter == "\x00":
            if letters:
                yield _word(letters, boxes)
            letters, boxes = [], []
        elif raw.FPDFText_GetLooseCharBox(handle, index, rect):
            letters.append("-" if letter in "\x02\ufffe" else letter)
            boxes.append(view.box(rect.left, rect.bottom, rect.right, rect.top))
    if letters:
        yield _word(letters, boxes)


def _word(letters: list[str], boxes: list[Box]) -> Word:
    text = "".join(letters)
    if any("\ud800" <= letter <= "\udfff" for letter in letters):  # pdfium splits them in halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
        text,
    )


def address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents) if pointer else 0
