"""Powers in the lines and the words of a page: 10 with a raised 6 is `10^6`, and never 106.

Where pieces of a line stand is all that a PDF says of them. Marks of notes stay as they are: in
print they are as often part of the line above as of a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doclake.extract.layout.geometry import Box, Word
from doclake.extract.text import raised

_SMALLER = 0.9  # of the size of the line
_RAISED = 0.2  # line sizes above the foot of the line
_FEET = ((3, -1), (0, 1), (1, 1), (2, -1))  # per direction: the edge below a line, and where up is

Piece = tuple[str, float, Box]
"""The text of a run of one style, its size in points and where it stands."""


@dataclass(frozen=True, slots=True)
class Power:
    """A raised piece in its `box`, with the letters that it stands behind: as printed, and as
    `written`."""

    box: Box
    printed: str
    written: str


def write_out(pieces: Sequence[Piece], turn: int, found: list[Power]) -> list[str]:
    """The texts of the pieces of one line in reading order, with powers written out; each of those
    is added to `found`. `turn` is the direction of the line in quarter turns, as `Line` has it."""
    edge, up = _FEET[turn]
    main = max(pieces, key=lambda piece: len(piece[0]))
    texts: list[str] = []
    for text, size, box in pieces:
        shown = text
        if size < _SMALLER * main[1] and up * (box[edge] - main[2][edge]) > _RAISED * main[1]:
            before = "".join(texts)
            power = raised.power(before, text) if not text[:1].isspace() else None
            if power is not None:
                base = before.split()[-1]
                found.append(Power(box, base + text.strip(), base + power))
                shown = power + text[len(text.rstrip()) :]
        texts.append(shown)
    return texts


def in_words(words: Iterable[Word], found: Sequence[Power]) -> list[Word]:
    """The words of a page, with the powers that were found in its lines written out."""
    written = list(words)
    for power in found:
        across, down = (power.box[0] + power.box[2]) / 2, (power.box[1] + power.box[3]) / 2
        for at, (x0, y0, x1, y1, text) in enumerate(written):
            if x0 <= across <= x1 and y0 <= down <= y1 and power.printed in text:
                written[at] = (x0, y0, x1, y1, text.replace(power.printed, power.written, 1))
                break
    return written
