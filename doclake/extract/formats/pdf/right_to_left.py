"""Lines with Hebrew or Arabic letters, put together by where their letters stand.

MuPDF gives letters as they were painted, and turns runs of letters that run right to left. What
programs paint is in the order of reading, in that of the page, or in one run by run; so numbers
and Latin words end up elsewhere, and what was painted across two columns is one line.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from doclake.extract.formats.pdf.letter_spacing import Character
from doclake.extract.text import bidi

_APART = 0.8  # text sizes of white that end a line, as MuPDF has it
_SPACE = 0.2  # text sizes of white between two words
_LIGATURE = 4  # letters; where a glyph stands for more, nothing is known of their places
_TOUCHING = 0.1  # points
_ONE_ROW = 0.5  # of the height of the lower of two lines
_OVERPRINTED = 0.5  # of the letters of a line: it was printed over another

_Glyph = tuple[float, float, str, Character, dict[str, Any], dict[str, Any]]
"""Left and right edge, text with its marks, first character, span and line."""


def are_any(texts: Iterable[str]) -> bool:
    return any(not text.isascii() and bidi.RTL.search(text) for text in texts)


def put_in_order(blocks: Sequence[dict[str, Any]]) -> None:
    """Replace the lines of raw blocks that share a row with letters that run right to left. Their
    new lines stand in the block of the first letter of each."""
    level: list[dict[str, Any]] = []
    for block in blocks:
        for line in block["lines"] if block["type"] == 0 else ():
            if line["dir"] == (1.0, 0.0) and not line["wmode"] and line["spans"]:
                line["block"] = block
                level.append(line)
    letters = "".join([_text(line) for line in level])
    among = bidi.runs_leftwards(letters)
    for row in _rows(level):
        glyphs = _glyphs(row) if are_any(map(_text, row)) else []
        if not glyphs or not _are_places_known(glyphs):
            continue
        for line in row:
            line["block"]["lines"] = [one for one in line["block"]["lines"] if one is not line]
        for part in _parted(glyphs):
            part[0][5]["block"]["lines"].append(_line(part, among))


def _are_places_known(glyphs: Sequence[_Glyph]) -> bool:
    """Does no glyph stand for more letters than a ligature has?"""
    letters: Counter[tuple[float, float]] = Counter()
    for x0, x1, text, *_ in glyphs:
        letters[x0, x1] += sum([not unicodedata.combining(one) for one in text])
    return max(letters.values()) <= _LIGATURE


def _text(line: dict[str, Any]) -> str:
    return "".join([char["c"] for span in line["spans"] for char in span["chars"]])


def _rows(lines: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Lines that stand on one row, except what is printed over another."""
    rows: list[tuple[list[dict[str, Any]], set[int]]] = []
    for line in sorted(lines, key=lambda line: line["bbox"][1] + line["bbox"][3]):
        places = {
            int(char["bbox"][0] + char["bbox"][2])
            for span in line["spans"]
            for char in span["chars"]
            if not char["c"].isspace()
        }
        if rows and _is_level(rows[-1][0][-1]["bbox"], line["bbox"]):
            row, taken = rows[-1]
            if len(places & taken) <= _OVERPRINTED * len(places):
                row.append(line)
                taken |= places
                continue
        rows.append(([line], places))
    return [row for row, _ in rows]


def _is_level(box: Sequence[float], other: Sequence[float]) -> bool:
    overlap = min(box[3], other[3]) - max(box[1], other[1])
    return overlap > _ONE_ROW * min(box[3] - box[1], other[3] - other[1])


def _glyphs(row: Iterable[dict[str, Any]]) -> list[_Glyph]:
    """What stands on a row, from left to right. A mark, or a further letter of a ligature, is part
    of the letter that it stands with."""
    glyphs: list[_Glyph] = []
    for line in row:
        chars = [
            (char, span)
            for span in line["spans"]
            for char in span["chars"]
            if not char.get("synthetic")
        ]
        own: list[_Glyph] = []
        waiting = ""
        for at, (char, span) in enumerate(chars):
            x0, _, x1, _ = char["bbox"]
            letter = char["c"]
            if letter.isspace() and x1 <= x0:
                continue
            if x1 <= x0 and _is_of_next(chars, at):
                waiting = letter + waiting
            elif own and _is_part(char):
                left, right, text, *of = own[-1]
                own[-1] = (left, right, text + letter, *of)
            else:
                own.append((x0, x1, letter + waiting, char, span, line))
                waiting = ""
        glyphs += own
    return _without_misplaced(sorted(glyphs, key=lambda glyph: glyph[0] + glyph[1]))


def _without_misplaced(glyphs: Sequence[_Glyph]) -> list[_Glyph]:
    """Leave out spaces that stand on a letter: PDFium puts some of another font there."""
    kept: list[_Glyph] = []
    for at, glyph in enumerate(glyphs):
        middle = (glyph[0] + glyph[1]) / 2
        beside = [*glyphs[max(at - 1, 0) : at], *glyphs[at + 1 : at + 2]]
        on_letter = any(one[0] < middle < one[1] for one in beside)
        if not (glyph[2].isspace() and on_letter):
            kept.append(glyph)
    return kept


def _is_part(char: Character) -> bool:
    """Does it stand with another letter?"""
    x0, _, x1, _ = char["bbox"]
    return bool(unicodedata.combining(char["c"])) or (x1 <= x0 and not char["c"].isspace())


def _is_of_next(chars: Sequence[tuple[Character, dict[str, Any]]], at: int) -> bool:
    """Is a letter without a width part of the ligature after it? MuPDF turns those it has put after
    the first letter of their ligature with the run. It writes them at an edge of the ligature, and
    that is an edge of the letter before as well."""
    char = chars[at][0]
    if unicodedata.combining(char["c"]):
        return False
    after = next((one for one, _ in chars[at + 1 :] if not _is_part(one)), None)
    if after is None or (at and _is_lam(chars[at - 1][0]) and not _is_lam(after)):
        return False
    return bool(abs(after["bbox"][2] - char["bbox"][0]) < _TOUCHING)


def _is_lam(char: Character) -> bool:
    return unicodedata.normalize("NFKC", char["c"]) == "\u0644"


def _parted(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Cut where white stands between two columns or cells."""
    parts: list[list[_Glyph]] = []
    right = 0.0
    for glyph in glyphs:
        if parts and glyph[0] - right < _APART * glyph[4]["size"]:
            parts[-1].append(glyph)
            right = max(right, glyph[1])
        else:
            parts.append([glyph])
            right = glyph[1]
    return parts


def _line(glyphs: Sequence[_Glyph], among: bool) -> dict[str, Any]:
    """A raw line of glyphs, its spans in the order of reading."""
    shown = [*_spaced(glyphs)]
    leftwards = bidi.runs_leftwards("".join([text for *_, text, _ in shown]), among)
    ordered = bidi.in_reading_order([text for _, text, _ in shown], leftwards)
    spans = []
    for _, run in groupby(ordered, key=lambda one: id(shown[one[0]][2])):
        places = [*run]
        chars = [{"c": text, "bbox": shown[at][0]["bbox"]} for at, text in places]
        text = "".join([char["c"] for char in chars])
        of = shown[places[0][0]][2]
        spans.append(of | {"chars": chars, "text": text, "bbox": _bounds(chars)})
    line = glyphs[0][5]
    return line | {"spans": spans, "bbox": _bounds(spans)}


def _spaced(glyphs: Sequence[_Glyph]) -> Iterable[tuple[Character, str, dict[str, Any]]]:
    right = glyphs[0][0]
    space = True
    for x0, x1, text, char, span, _ in glyphs:
        if x0 - right > _SPACE * span["size"] and not space and not text.isspace():
            yield char, " ", span
        yield char, text, span
        right = max(right, x1)
        space = text.isspace()


def _bounds(parts: Sequence[dict[str, Any]]) -> tuple[float, float, float, float]:
    boxes = [part["bbox"] for part in parts]
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
    )
