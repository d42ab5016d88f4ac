"""Text from pictures of pages with Tesseract: lines with boxes and confidence.

Tesseract's own page segmentation fails on Korean columns (26-79 % character error with psm 3, 0.5-
0.9 % with psm 6 on one column), so the page is straightened, cut at its gutters here, and each
block is read with psm 6.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from doclake.errors import DependencyMissing, LimitExceeded
from doclake.extract import straighten

_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z]")
_POOR = 60.0  # mean confidence under which the page may stand on its side
_MARGIN = 4  # pixels around a line that is read again
_NOISE = 25.0  # confidence under which a line is a picture, not text
MAX_PIXELS = 120_000_000
"""Pixels of a picture beyond which it is refused before it is decoded: about 4 A4 pages at 600
dpi, 120 MB in grey."""


@dataclass(slots=True)
class Word:
    """A word as Tesseract tells them; `confidence` 0 to 100, box in pixels."""

    text: str
    box: tuple[int, int, int, int]
    confidence: float
    spaced: bool = True


@dataclass(slots=True)
class TextLine:
    """One line: box in pixels of the picture as given, confidence 0 to 1, height of its text."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    block: int


@dataclass(slots=True)
class Reading:
    """Lines in reading order, on a picture of `width` x `height` pixels turned to stand upright
    (`turn` quarter turns clockwise) and made straight (`skew` degrees)."""

    lines: list[TextLine]
    width: int
    height: int
    turn: int = 0
    skew: float = 0.0

    @property
    def confidence(self) -> float:
        weight = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / max(weight, 1)


def read(image: Image.Image, languages: Sequence[str], dpi: int) -> Reading:
    """Lines of a picture of one page. Raises DependencyMissing and LimitExceeded."""
    check_size(image)
    engine = _engine("+".join(languages))
    grey = image.convert("L")
    reading = _straight(engine, grey, languages, dpi, 0)
    if reading.confidence * 100 < _POOR:
        turn = _orientation(grey, dpi)
        if turn:
            upright = grey.rotate(-90 * turn, expand=True, fillcolor=255)
            other = _straight(engine, upright, languages, dpi, turn)
            reading = max(reading, other, key=lambda one: one.confidence)
    return reading


def check_size(image: Image.Image) -> None:
    """Refuse a picture by its declared size, before any pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise LimitExceeded(
            f"A picture of {width} x {height} pixels; the limit is {MAX_PIXELS} in all.",
            mend="Scale the picture down.",
            pixels=width * height,
        )


def _straight(
    engine: Any, grey: Image.Image, languages: Sequence[str], dpi: int, turn: int
) -> Reading:
    skew = straighten.skew(grey)
    if skew:
        grey = grey.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    lines: list[TextLine] = []
    for number, box in enumerate(straighten.blocks(grey)):
        lines += _lines(engine, grey, box, languages, dpi, number)
    return Reading(lines, grey.width, grey.height, turn, skew)


def _lines(
    engine: Any,
    grey: Image.Image,
    box: tuple[int, int, int, int],
    languages: Sequence[str],
    dpi: int,
    number: int,
) -> Iterator[TextLine]:
    from tesserocr import PSM

    part = grey.crop(box)
    lines = _words(engine, part, PSM.SINGLE_BLOCK, dpi)
    text = "".join(word.text for words in lines for word in words)
    if "kor" in languages and len(languages) > 1 and _is_korean(text) and _LATIN.search(text):
        korean = _words(_engine("kor"), part, PSM.SINGLE_BLOCK, dpi)
        lines = [_arbitrated(words, korean) for words in lines]
    for words in lines:
        weight = sum(len(word.text) for word in words)
        confidence = sum(word.confidence * len(word.text) for word in words) / weight
        if confidence < _NOISE:
            continue
        x0, y0, x1, y1 = _around(words)
        edges = (x0 + box[0], y0 + box[1], x1 + box[0], y1 + box[1])
        yield TextLine(_spaced(words), edges, confidence / 100, number)


def _words(engine: Any, part: Image.Image, mode: int, dpi: int) -> list[list[Word]]:
    """Words of each line of a picture."""
    from tesserocr import RIL, iterate_level

    engine.SetPageSegMode(mode)
    engine.SetImage(part)
    engine.SetSourceResolution(dpi)
    engine.Recognize()
    texts = [text for text in engine.GetUTF8Text().splitlines() if text.strip()]
    found = engine.GetIterator()
    lines: list[list[Word]] = []
    for item in iterate_level(found, RIL.WORD) if found is not None else ():
        if item.IsAtBeginningOf(RIL.TEXTLINE):
            lines.append([])
        edges = item.BoundingBox(RIL.WORD)
        text = (item.GetUTF8Text(RIL.WORD) or "").strip() if edges else ""
        if text:
            lines[-1].append(Word(text, edges, item.Confidence(RIL.WORD)))
    lines = [line for line in lines if line]
    if len(lines) == len(texts):
        for line, text in zip(lines, texts, strict=True):
            _mark_spaces(line, text)
    return lines


def _mark_spaces(words: list[Word], text: str) -> None:
    """Which words have white before them. Tesseract takes single syllables of Hangul for words;
    only in the text of a whole line does it say which of them belong together."""
    at = 0
    for word in words:
        start = text.find(word.text, at)
        if start < 0:
            return
        word.spaced = start == 0 or text[start - 1].isspace()
        at = start + len(word.text)


def _around(words: Sequence[Word]) -> tuple[int, int, int, int]:
    boxes = [word.box for word in words]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _spaced(words: Sequence[Word]) -> str:
    return "".join(f" {word.text}" if word.spaced else word.text for word in words).strip()


def _is_korean(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(_HANGUL.findall(text)) * 2 > len(letters)


def _arbitrated(words: list[Word], korean: Sequence[list[Word]]) -> list[Word]:
    """A line read with all models, set right by the same line as the Korean model reads it.

    With a second model loaded Tesseract takes some Hangul words for Latin capitals. In a Korean
    line the Korean model's word stands wherever it is Hangul; elsewhere (Latin words, which it
    cannot know) what all models read together.
    """
    top, bottom = _around(words)[1], _around(words)[3]
    text = "".join(word.text for word in words)
    same = [line for line in korean if top < _height(line) < bottom]
    if len(same) != 1 or len(_HANGUL.findall(text)) * 4 < sum(c.isalpha() for c in text):
        return words
    chosen: list[Word] = []
    used: set[int] = set()
    for word in same[0]:
        if any(_overlap(words[index], word) > 0.5 for index in used):
            continue
        if _wholly_hangul(word.text) or not _foreign(word, words):
            chosen.append(word)
            continue
        for index, other in enumerate(words):
            if index not in used and _overlap(word, other) > 0.5:
                used.add(index)
                chosen.append(other)
    return chosen or words


def _height(words: Sequence[Word]) -> float:
    box = _around(words)
    return (box[1] + box[3]) / 2


def _foreign(word: Word, others: Sequence[Word]) -> bool:
    """Did all models together read something in this place that the Korean model cannot know?"""
    here = [other.text for other in others if _overlap(word, other) > 0.5]
    return any(_LATIN.search(text) for text in here)


def _overlap(word: Word, other: Word) -> float:
    """Share of the other word that lies under this one."""
    shared = min(word.box[2], other.box[2]) - max(word.box[0], other.box[0])
    return shared / max(other.box[2] - other.box[0], 1)


def _wholly_hangul(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return bool(letters) and all(_HANGUL.match(letter) for letter in letters)


def _orientation(grey: Image.Image, dpi: int) -> int:
    """Quarter turns clockwise that make the text upright, as Tesseract's OSD tells."""
    from tesserocr import PSM

    engine = _engine("osd")
    engine.SetPageSegMode(PSM.OSD_ONLY)
    engine.SetImage(grey)
    engine.SetSourceResolution(dpi)
    found = engine.DetectOrientationScript()
    if not found or found["orient_conf"] < 1:
        return 0
    return (360 - int(found["orient_deg"])) % 360 // 90


@functools.cache
def _engine(languages: str) -> Any:
    """A Tesseract for these languages, loaded once in a process."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # a guarded child has one core
    folder = _folder(languages)
    try:
        import tesserocr
    except ImportError as error:
        raise DependencyMissing(
            f"OCR needs the Python package tesserocr: {error}.",
            mend="Install it with `pip install tesserocr`, or set `recipe.extract.ocr: off`.",
            program="tesserocr",
        ) from None
    try:
        return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=languages)
    except RuntimeError as error:
        raise DependencyMissing(
            f"Tesseract does not start for {languages}: {error}.", mend=_mend(languages)
        ) from None


def _folder(languages: str) -> Path:
    """The folder that holds the models of all these languages."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(one) for one in ((named,) if named else ()) + _FOLDERS]
    wanted = [f"{one}.traineddata" for one in languages.split("+")]
    for folder in folders:
        if all((folder / name).is_file() for name in wanted):
            return folder
    raise DependencyMissing(
        f"OCR needs Tesseract's models for {languages}, and no folder holds them all.",
        mend=_mend(languages),
        program="tesseract",
        languages=languages,
    )


def _mend(languages: str) -> str:
    packages = " ".join(f"tesseract-ocr-{one.replace('_', '-')}" for one in languages.split("+"))
    return f"Install them with `apt-get install {packages} tesseract-ocr-osd`."
