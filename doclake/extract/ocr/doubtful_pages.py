"""Pages that were read badly, by what can be measured, and their pictures for a vision server.

A page that OCR read is judged by Tesseract's confidence, one with a text layer by the share of its
characters that are letters with a name and no formula. A page without a word that could confirm an
answer is not sent.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from doclake.errors import DocumentError
from doclake.extract.layout.page import Page, confidence
from doclake.extract.model import MetadataField, PagePicture
from doclake.settings import VisionSettings

if TYPE_CHECKING:
    from PIL import Image

DPI = 150
REFUSED = "vision_refused"
"""The metadata field of a doubtful page that keeps what rules and Tesseract read."""

_LONGEST = 2000  # pixels: servers scale larger pictures down
_FORMULA = 0.06  # share of mathematical signs
_NAMELESS = 0.02  # share of characters without a name; with many, the page went to OCR
_FORM = 30  # cells of ruled tables
_FEWEST = 5  # words that can confirm an answer
_PLAIN = frozenset("+<=>|~×÷±¬")
_UNNAMED = re.compile(r"[\ufffd\ue000-\uefff]|\(cid:\d+\)")
_WORD = re.compile(r"\w{2,}")

Doubt = tuple[float, str]
"""How much of a page was read well, 0 to 1, and why that is too little."""


def pictures(
    pages: Sequence[Page],
    broken: frozenset[int],
    draw: Callable[[Page], Image.Image],
    settings: VisionSettings,
) -> tuple[list[PagePicture], list[MetadataField]]:
    """The doubtful pages as `draw` shows them, the worst first, and what is said of those that
    cannot be sent. `broken` holds the numbers of the pages with a broken text layer."""
    if not settings.url:
        return [], []
    doubts = [(judged, page) for page in pages if (judged := doubt(page, broken, settings))]
    doubts.sort(key=lambda entry: (entry[0][0], entry[1].number))
    refused: list[MetadataField] = []
    sent: list[PagePicture] = []
    for (share, reason), page in doubts:
        if len(_WORD.findall(" ".join(line.text for line in page.lines))) < _FEWEST:
            refused.append(_refused(page, reason, "it has no words that could confirm an answer"))
        elif len(sent) == settings.per_document:
            refused.append(_refused(page, reason, "beyond recipe.extract.vision.per_document"))
        else:
            try:
                data = _png(draw(page), page.lines[0].turn)
            except DocumentError as error:
                refused.append(_refused(page, reason, error.message))
                continue
            sent.append(PagePicture(page.number, reason, share, page.width, page.height, data))
    return sent, refused


def _refused(page: Page, reason: str, why: str) -> MetadataField:
    return MetadataField(REFUSED, f"{reason}: {why}", page.number)


def doubt(page: Page, broken: frozenset[int], settings: VisionSettings) -> Doubt | None:
    """Why a page may have been read badly; None if it was not."""
    if page.method == "tesseract":
        read_with = confidence(page.lines)
        share = 0.0 if read_with is None else min(1.0, max(0.0, read_with))
        if share >= settings.confidence or not page.lines:
            return None
        if page.number in broken:
            return share, "broken text layer"
        ruled = sum(len(table.cells) for table in page.tables if table.confidence == 1)
        return share, "dense form" if ruled >= _FORM else "low confidence"
    return _of_text("".join(line.text for line in page.lines if not line.hidden))


def _of_text(text: str) -> Doubt | None:
    if text.isascii():
        return None
    letters = sum(not letter.isspace() for letter in text) or 1
    nameless = len(_UNNAMED.findall(text)) / letters
    formula = sum(map(_is_mathematical, text)) / letters
    if nameless >= _NAMELESS:
        return 1 - nameless, "broken text layer"
    return (1 - formula, "formulas") if formula >= _FORMULA else None


def _is_mathematical(letter: str) -> bool:
    if letter.isascii() or letter in _PLAIN:
        return False
    return "\U0001d400" <= letter <= "\U0001d7ff" or unicodedata.category(letter) == "Sm"


def _png(picture: Image.Image, turn: int) -> bytes:
    """The picture in grey and upright; `turn` is the direction of its text in quarter turns."""
    grey = picture.convert("L")
    grey.thumbnail((_LONGEST, _LONGEST))
    if 0 < turn < 4:
        grey = grey.rotate(90 * turn, expand=True)
    written = io.BytesIO()
    grey.save(written, "PNG")
    return written.getvalue()
