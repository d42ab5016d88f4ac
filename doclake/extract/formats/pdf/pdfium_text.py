"""Lines and words of a page from the letters of PDFium.

PDFium's own text rectangles would be faster, but where they overlap each holds letters of the
others, and one that is painted across two columns holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pypdfium2 import raw

from doclake.extract.formats.pdf import letter_spacing, powers, right_to_left, spaced_out
from doclake.extract.formats.pdf.letter_spacing import Character
from doclake.extract.formats.pdf.pdfium_style import View, address, style
from doclake.extract.formats.pdf.powers import Power
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Line
from doclake.extract.text import symbol_fonts

_DIRECTIONS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
_NEAR = 1.0  # points that a space glyph may reach over its neighbours
_APART = 0.8  # text sizes of white that end a line
_WIDE = 0.6  # heights of a letter: the same within a text object
_LEAST = 3.0  # points: less white is not looked at
_PALE = 0xF0F0F0


def read(
    text: Any, view: View, painted: dict[int, int]
) -> tuple[list[Line], Callable[[], list[Word]]]:
    """The lines of a page, and what gives its words."""
    letters_of: dict[Line, list[Character]] = {}
    for index, letters in _pieces(text, view):
        glyphs = [letter for letter in letters if not letter["synthetic"]]
        inked = [letter["bbox"] for letter in glyphs if not letter["c"].isspace()]
        boxes = inked or [letter["bbox"] for letter in glyphs]
        edges = (
            min([box[0] for box in boxes]),
            min([box[1] for box in boxes]),
            max([box[2] for box in boxes]),
            max([box[3] for box in boxes]),
        )
        piece = Line("".join([letter["c"] for letter in letters]), *edges, 1.0)
        style(piece, text.raw, index, view, painted)
        if symbol_fonts.is_symbol_font(piece.font):
            for letter in glyphs:
                letter["c"] = symbol_fonts.shown(letter["c"], piece.font)
            piece.text = "".join([letter["c"] for letter in letters])
        letters_of[piece] = letters
    groups = _grouped(letters_of)
    raw_lines = [_raw_line(pieces, letters_of) for pieces in groups]
    doubtful = [line for line in raw_lines if letter_spacing.lacks_spaces([line["text"]])]
    letter_spacing.add_spaces([{"type": 0, "lines": doubtful}])
    spaced_out.close(raw_lines)
    if right_to_left.are_any(line["text"] for line in raw_lines):
        block: dict[str, Any] = {"type": 0, "lines": raw_lines}
        right_to_left.put_in_order([block])
        raw_lines = block["lines"]
    lines = []
    found: list[Power] = []
    for line in raw_lines:
        seen = [_shown(span) for span in line["spans"] if span["text"]]
        if any(piece.text.strip() for piece in seen):
            texts = [piece.text for piece in seen]
            if len(seen) > 1 and line["dir"] in _DIRECTIONS:
                pieces = [(piece.text, piece.size, piece.box) for piece in seen]
                texts = powers.write_out(pieces, _DIRECTIONS.index(line["dir"]), found)
            lines.append(_joined(seen, "".join(texts)))
    words = partial(letter_spacing.words, [{"type": 0, "lines": raw_lines}])
    return lines, (lambda: powers.in_words(words(), found)) if found else words


def _raw_line(pieces: Sequence[Line], letters_of: dict[Line, list[Character]]) -> dict[str, Any]:
    """A line as `letter_spacing` knows it, with a span for each piece."""
    spans: list[dict[str, Any]] = [
        {"chars": letters_of[piece], "size": piece.size, "text": piece.text, "piece": piece}
        for piece in pieces
    ]
    if not pieces[0].turn:
        _mark_misplaced([letter for span in spans for letter in span["chars"]])
    text = "".join([piece.text for piece in pieces])
    line = _joined(pieces, text)
    direction = (0.0, 0.0) if line.slanted else _DIRECTIONS[line.turn]
    return {"spans": spans, "dir": direction, "wmode": 0, "text": text, "bbox": line.box}


def _shown(span: dict[str, Any]) -> Line:
    """The piece of a span with the text it has now, where that stands."""
    piece: Line = span["piece"]
    if "bbox" not in span:
        piece.text = span["text"]
        return piece
    x0, _, x1, _ = span["bbox"]
    return replace(piece, text=span["text"], x0=x0, x1=x1)


def _pieces(text: Any, view: View) -> Iterator[tuple[int, list[Character]]]:
    """The letters of each text object, and the index of the first on the page."""
    handle, rect = text.raw, raw.FS_RECTF()
    letters: list[Character] = []
    first = owner = 0
    last: Box = (0.0, 0.0, 0.0, 0.0)
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        generated = code == 32 and bool(raw.FPDFText_IsGenerated(handle, index))
        of = address(raw.FPDFText_GetTextObject(handle, index))
        if letters and (code in (10, 13) or (of != owner and not generated)):
            yield first, letters
            letters = []
        if code in (0, 10, 13) or not raw.FPDFText_GetLooseCharBox(handle, index, rect):
            continue
        box = view.box(rect.left, rect.bottom, rect.right, rect.top)
        white = max(box[0] - last[2], last[0] - box[2])
        if letters and white > _LEAST and not generated and _is_far(box, last, white):
            yield first, letters
            letters = []
        if not letters:
            if generated:
                continue
            first, owner = index, of
        if not generated:
            last = box
        if 0xDC00 <= code < 0xE000 and letters:  # pdfium splits some letters in halves
            code = 0x10000 + ((ord(letters.pop()["c"]) - 0xD800) << 10) + code - 0xDC00
        letter = "-" if code in (2, 0xFFFE) else chr(code)
        letters.append({"c": letter, "bbox": box, "synthetic": generated})
    if letters:
        yield first, letters


def _is_far(box: Box, last: Box, white: float) -> bool:
    """Is the white between a letter and the last, on either side, as wide as between columns?"""
    height = box[3] - box[1]
    level = min(box[3], last[3]) - max(box[1], last[1]) > height / 2
    return level and white > _WIDE * height


def _mark_misplaced(letters: Sequence[Character]) -> None:
    """Mark as synthetic the spaces that do not stand between their neighbours: PDFium sorts the
    glyphs of a line by its own lights, and a space from another font may end up anywhere."""
    for before, space, after in zip(letters, letters[1:], letters[2:], strict=False):
        if space["c"] == " ":
            middle = (space["bbox"][0] + space["bbox"][2]) / 2
            placed = before["bbox"][2] - _NEAR <= middle <= after["bbox"][0] + _NEAR
            space["synthetic"] = space["synthetic"] or not placed


def _grouped(pieces: Iterable[Line]) -> list[list[Line]]:
    """Pieces of the same line."""
    groups: list[list[Line]] = []
    line: Line | None = None
    for piece in pieces:
        if line is not None and _goes_on(line, piece):
            groups[-1].append(piece)
            line = _joined([line, piece], line.text + piece.text)
        else:
            groups.append([piece])
            line = piece
    return groups


def _joined(pieces: Sequence[Line], text: str) -> Line:
    """One line of pieces, in the style of the longest."""
    return replace(
        max(pieces, key=lambda piece: len(piece.text)),
        text=text,
        x0=min([piece.x0 for piece in pieces]),
        y0=min([piece.y0 for piece in pieces]),
        x1=max([piece.x1 for piece in pieces]),
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
