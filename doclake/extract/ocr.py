"""Text from pictures of pages with Tesseract: lines and words with boxes and confidence.

Tesseract's own page segmentation fails on Korean columns (26-79 % character error with psm 3, 0.5-
0.9 % with psm 6 on one column), so the page is straightened, cut at its gutters here, and each
block is read with psm 6. A few lines are read first (`_pilot`): they tell which model knows the
page's script, and whether the page stands on its side.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from doclake.errors import DependencyMissing, LimitExceeded
from doclake.extract import (
    negative,
    ocr_scripts,
    ocr_symbols,
    ruling,
    straighten,
    strips,
    texture,
)
from doclake.extract.ocr_symbols import Box, Symbol, Word

_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_DOUBT = 4.0  # mean price of a letter in the pilot's lines above which the page may lie on its side
_FEW = 5  # letters in a line of the pilot under which it is none
_PILOT = 4  # lines read first
_MARGIN = 6  # pixels around a line that is read by itself
_NOISE = 25.0  # confidence under which a line is a picture, not text
MAX_PIXELS = 120_000_000
"""Pixels of a picture beyond which it is refused before it is decoded: about 4 A4 pages at 600
dpi, 120 MB in grey."""


@dataclass(slots=True)
class TextLine:
    """One line: box in pixels of the picture as given, confidence 0 to 1, height of its text."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    block: int
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """Lines in reading order and the boxes of ruling lines, those of squared paper left out, on a
    picture of `width` x `height` pixels turned to stand upright (`turn` quarter turns clockwise)
    and made straight (`skew` degrees)."""

    lines: list[TextLine]
    width: int
    height: int
    turn: int = 0
    skew: float = 0.0
    rules: list[Box] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        weight = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / max(weight, 1)


Block = tuple[Image.Image, Box]


@dataclass(slots=True)
class _Upright:
    """A picture turned and made straight, its ruling lines erased, with its blocks (each with the
    picture to read it from: text beside tables is read where there are none) and what the pilot
    told: models in the order in which they know it, and the doubt of the best: the mean price of
    a letter."""

    grey: Image.Image
    turn: int
    skew: float
    rules: Sequence[Box]
    blocks: list[Block]
    models: list[str]
    doubt: float


def read(image: Image.Image, languages: Sequence[str], dpi: int) -> Reading:
    """Lines of a picture of one page. Raises DependencyMissing and LimitExceeded."""
    check_size(image)
    models = ocr_scripts.groups(languages)
    ready(languages)
    grey = image.convert("L")
    boxes = straighten.pieces(grey)
    if len(boxes) == 1:
        return _read(grey, models, dpi)
    whole = Reading([], grey.width, grey.height)
    for box in boxes:
        _add(whole, _read(grey.crop(box), models, dpi, turning=False), box)
    return whole


def _add(whole: Reading, part: Reading, box: Box) -> None:
    """What was read in a box of the picture, moved to its place."""
    blocks = 1 + max((line.block for line in whole.lines), default=-1)
    for line in part.lines:
        line.box = _moved(line.box, box)
        line.block += blocks
        for word in line.words:
            word.box = _moved(word.box, box)
    whole.lines += part.lines
    whole.rules += [_moved(rule, box) for rule in part.rules]


def _read(grey: Image.Image, models: list[str], dpi: int, *, turning: bool = True) -> Reading:
    page = _upright(grey, models, dpi, 0)
    if turning and page.blocks and page.doubt > _DOUBT:
        turn = _orientation(grey, dpi)
        if turn:
            turned = grey.rotate(-90 * turn, expand=True, fillcolor=255)
            other = _upright(turned, models, dpi, turn)
            page = min(page, other, key=lambda one: one.doubt)
    lines = [
        line
        for number, block in enumerate(page.blocks)
        for line in _lines(page.models, block, dpi, number)
    ]
    return Reading(lines, page.grey.width, page.grey.height, page.turn, page.skew, [*page.rules])


def check_size(image: Image.Image) -> None:
    """Refuse a picture by its declared size, before any pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise LimitExceeded(
            f"A picture of {width} x {height} pixels; the limit is {MAX_PIXELS} in all.",
            mend="Scale the picture down.",
            pixels=width * height,
        )


def _upright(grey: Image.Image, models: list[str], dpi: int, turn: int) -> _Upright:
    skew = straighten.skew(grey)
    if skew:
        grey = grey.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grey = negative.turned(texture.calmed(grey, dpi), dpi)
    rules = ruling.find(grey, dpi)
    grey = ruling.erased(grey, rules)
    columns, tabular = strips.find(rules, grey, dpi)
    rest = ruling.without(grey, columns)
    blocks = [(rest, box) for box in straighten.blocks(rest)] + [(grey, box) for box in columns]
    ordered, doubt = _pilot(blocks, models, dpi)
    return _Upright(grey, turn, skew, tabular, blocks, ordered, doubt)


def _pilot(blocks: list[Block], models: list[str], dpi: int) -> tuple[list[str], float]:
    """The models by how well they know a few long lines of the largest block, and the doubt of the
    best: infinite where it sees next to nothing."""
    if not blocks:
        return models, 0.0
    from tesserocr import PSM

    picture, box = max(blocks, key=lambda block: _area(block[1]))
    largest = picture.crop(box)
    boxes = ocr_symbols.lines_of(_engine(models[0]), largest, PSM.SINGLE_BLOCK, dpi)
    boxes = sorted(boxes, key=lambda box: box[0] - box[2])[: 3 * _PILOT : 3]
    prices = dict.fromkeys(models, 0.0)
    letters = dict.fromkeys(models, 0)
    for box in boxes:
        for model in models:
            line = _line_again(model, largest, _grown(box, largest), dpi)
            prices[model] += ocr_scripts.price(line, model)
            letters[model] += len(line)
    means = {model: prices[model] / max(letters[model], 1) for model in models}
    trusted = {model for model in models if letters[model] > _FEW * len(boxes)}
    # Few letters are reason enough to prefer a model, but none to trust it.
    best = sorted(models, key=lambda one: (one not in trusted, not letters[one], means[one]))
    return best, means[best[0]] if best[0] in trusted else float("inf")


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _lines(models: list[str], block: Block, dpi: int, number: int) -> Iterator[TextLine]:
    """Lines of a block by the page's first model, the doubtful ones put together from all."""
    from tesserocr import PSM

    picture, box = block
    part = picture.crop(box)
    first, *others = models
    for line in ocr_symbols.read(_engine(first), part, PSM.SINGLE_BLOCK, dpi):
        if others and ocr_scripts.doubtful(line, first):
            again = _grown(ocr_symbols.line_box(line), part)
            readings = [(other, _line_again(other, part, again, dpi)) for other in others]
            line = ocr_scripts.merged([(first, line), *readings])
        confidence = ocr_symbols.confidence(line)
        if confidence < _NOISE:
            continue
        for symbol in line:
            symbol.box = _moved(symbol.box, box)
        words = ocr_symbols.words(line)
        text = " ".join(word.text for word in words)
        edges = ocr_symbols.around([word.box for word in words])
        yield TextLine(text, edges, confidence / 100, number, words)


def _line_again(model: str, part: Image.Image, box: Box, dpi: int) -> list[Symbol]:
    """The line in this box of the picture, read by itself."""
    from tesserocr import PSM

    strip = part.crop(box)
    lines = ocr_symbols.read(_engine(model), strip, PSM.SINGLE_LINE, dpi)
    # Looking for the line may find none; a raw line is read as it stands.
    lines = lines or ocr_symbols.read(_engine(model), strip, PSM.RAW_LINE, dpi)
    symbols = [symbol for line in lines for symbol in line]
    for symbol in symbols:
        symbol.box = _moved(symbol.box, box)
    return symbols


def _moved(box: Any, origin: Sequence[int]) -> Any:
    x, y = origin[:2]
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _grown(box: Box, part: Image.Image) -> Box:
    x0, y0, x1, y1 = box
    return (
        max(0, x0 - _MARGIN),
        max(0, y0 - _MARGIN),
        min(part.width, x1 + _MARGIN),
        min(part.height, y1 + _MARGIN),
    )


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


def ready(languages: Sequence[str]) -> None:
    """Raises DependencyMissing where pages of these languages could not be read."""
    for model in ocr_scripts.groups(languages):
        _engine(model)
    _folder("osd")  # a page that lies on its side must not fail after others were read


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
