"""Where a piece of text stands on a page and how it looks, from PDFium."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from pypdfium2 import raw

from doclake.extract.layout.geometry import SLANT, Box
from doclake.extract.layout.page import Line

_INVISIBLE = 3  # text render mode
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18  # font descriptor flags
_FIXED_NAME = re.compile(r"courier|consol|mono(?!type)|typewriter|^cmtt", re.IGNORECASE)
"""The standard fonts of every PDF reader come without flags."""
_LINE = 1.15  # text sizes: the usual height of a line


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
        length = (matrix.a**2 + matrix.b**2) ** 0.5 or 1.0
        line.slanted = min(abs(matrix.a), abs(matrix.b)) > SLANT * length
    line.size = size
    line.font, flags = _font(handle, index)
    heavy = raw.FPDFText_GetFontWeight(handle, index) >= 600
    line.bold = heavy or bool(flags & _FORCE_BOLD) or "bold" in line.font.lower()
    line.mono = bool(flags & _FIXED_PITCH or _FIXED_NAME.search(line.font))
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


def address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents) if pointer else 0
