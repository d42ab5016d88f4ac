"""Lines and words of a page letter by letter, from PDFium: slower than its text rectangles.

It is for pages where those do not do: in scripts whose spaces PDFium guesses wrongly, and where
rectangles overlap, as a watermark's does, so that each holds letters of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pypdfium2 import raw

from doclake.extract.formats.pdf import letter_spacing
from doclake.extract.formats.pdf.letter_spacing import Character
from doclake.extract.formats.pdf.pdfium_text import View, address, grouped, joined, style
from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page import Line

_DIRECTIONS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
_NEAR = 1.0  # points that a space glyph may reach over its neighbours


def lines(text: Any, view: View, painted: dict[int, int]) -> Iterator[Line]:
    for pieces, line in _read(text, view, painted):
        for piece, span in zip(pieces, line["spans"], strict=True):
            piece.text = span["text"]
        seen = [piece for piece in pieces if piece.text]
        if any(piece.text.strip() for piece in seen):
            yield joined(seen, "".join([piece.text for piece in seen]))


def words(text: Any, view: View) -> list[Word]:
    in_lines = [line for _, line in _read(text, view, {})]
    return letter_spacing.words([{"type": 0, "lines": in_lines}])


def _read(
    text: Any, view: View, painted: dict[int, int]
) -> list[tuple[list[Line], dict[str, Any]]]:
    """The pieces of each line, and the line as `letter_spacing` knows it, a span for each piece."""
    letters_of: dict[Line, list[Character]] = {}
    for index, letters in _pieces(text, view):
        boxes = [letter["bbox"] for letter in letters]
        edges = (
            min([box[0] for box in boxes]),
            min([box[1] for box in boxes]),
            max([box[2] for box in boxes]),
            max([box[3] for box in boxes]),
        )
        piece = Line("".join([letter["c"] for letter in letters]), *edges, 1.0)
        style(piece, text.raw, index, view, painted)
        letters_of[piece] = letters
    read = []
    for pieces in grouped([*letters_of]):
        spans: list[dict[str, Any]] = [
            {"chars": letters_of[piece], "size": piece.size} for piece in pieces
        ]
        if not pieces[0].turn:
            _mark_misplaced([letter for span in spans for letter in span["chars"]])
        line = {"spans": spans, "dir": _DIRECTIONS[pieces[0].turn], "wmode": 0}
        read.append((pieces, line))
    letter_spacing.add_spaces([{"type": 0, "lines": [line for _, line in read]}])
    return read


def _pieces(text: Any, view: View) -> Iterator[tuple[int, list[Character]]]:
    """The letters of each text object, and the index of the first on the page."""
    handle, rect = text.raw, raw.FS_RECTF()
    letters: list[Character] = []
    first = owner = 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        generated = code == 32 and bool(raw.FPDFText_IsGenerated(handle, index))
        of = address(raw.FPDFText_GetTextObject(handle, index))
        if letters and (code in (10, 13) or (of != owner and not generated)):
            yield first, letters
            letters = []
        if code in (0, 10, 13) or not raw.FPDFText_GetLooseCharBox(handle, index, rect):
            continue
        if not letters:
            if generated:
                continue
            first, owner = index, of
        if 0xDC00 <= code < 0xE000 and letters:  # pdfium splits some letters in halves
            code = 0x10000 + ((ord(letters.pop()["c"]) - 0xD800) << 10) + code - 0xDC00
        letter = "-" if code in (2, 0xFFFE) else chr(code)
        box = view.box(rect.left, rect.bottom, rect.right, rect.top)
        letters.append({"c": letter, "bbox": box, "synthetic": generated})
    if letters:
        yield first, letters


def _mark_misplaced(letters: Sequence[Character]) -> None:
    """Mark as synthetic the spaces that do not stand between their neighbours: PDFium sorts the
    glyphs of a line by its own lights, and a space from another font may end up anywhere."""
    for before, space, after in zip(letters, letters[1:], letters[2:], strict=False):
        if space["c"] == " ":
            middle = (space["bbox"][0] + space["bbox"][2]) / 2
            placed = before["bbox"][2] - _NEAR <= middle <= after["bbox"][0] + _NEAR
            space["synthetic"] = space["synthetic"] or not placed
