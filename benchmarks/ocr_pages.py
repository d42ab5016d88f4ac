"""Pages of known text, drawn as a scanner would see them, for `ocr_accuracy.py`.

Text is set with Pillow in the fonts that are installed (`fonts-nanum`, `fonts-noto-cjk`,
`fonts-liberation`, `fonts-dejavu-core` of Debian). What is random is seeded.
"""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FOLDER = Path("/usr/share/fonts")
_SIZE = 11  # points
_LEADING = 1.6
_MARGIN = 50
_PAGE = 595, 842  # points of an A4 page
_CLEAN = 200  # dpi

KOREAN_FONTS = {
    "Nanum Gothic": "truetype/nanum/NanumGothic.ttf",
    "Nanum Myeongjo": "truetype/nanum/NanumMyeongjo.ttf",
    "Nanum Barun Gothic": "truetype/nanum/NanumBarunGothic.ttf",
    "Noto Sans CJK KR": "opentype/noto/NotoSansCJK-Regular.ttc",
    "Noto Serif CJK KR": "opentype/noto/NotoSerifCJK-Regular.ttc",
}
ENGLISH_FONTS = {
    "Liberation Serif": "truetype/liberation/LiberationSerif-Regular.ttf",
    "Liberation Sans": "truetype/liberation/LiberationSans-Regular.ttf",
    "DejaVu Serif": "truetype/dejavu/DejaVuSerif.ttf",
}


@dataclass(slots=True)
class Sheet:
    """A picture of a page (`dpi` pixels an inch) and the text on it in reading order."""

    kind: str
    truth: str
    image: Image.Image
    dpi: int


@dataclass(slots=True)
class Texts:
    """Passages of one half of the corpus: rules are chosen on `dev`, figures taken on `test`."""

    english: list[str] = field(default_factory=list)
    korean: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Korean with names in Latin letters in it."""


def texts(corpus: Path, half: str) -> Texts:
    """XQuAD (English) and Belebele (Korean); even passages are `dev`, odd ones `test`."""
    start = {"dev": 0, "test": 1}[half]
    found = []
    for name in ("xquad_en", "belebele_ko"):
        file = corpus / "retrieval" / name / "corpus.jsonl"
        rows = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
        kept = [" ".join(row.split()) for row in rows if _common(row)]
        found.append(kept[start::2])
    english, korean = found
    plain = [text for text in korean if not re.search("[A-Za-z]", text)]
    return Texts(english, plain, [text for text in korean if text not in plain])


def _common(text: str) -> bool:
    """Only signs that every font here can draw, and Tesseract's models can know; quotation marks
    that were doubled on the way through a table are no text."""
    return '""' not in text and all(
        c.isascii() or "가" <= c <= "힣" or c in "“”‘’·…–" or c.isspace() for c in text
    )


def sheets(words: Texts, count: int) -> Iterator[Sheet]:
    """`count` pages of every kind."""
    korean = [name for name, path in KOREAN_FONTS.items() if (_FOLDER / path).is_file()]
    english = [name for name, path in ENGLISH_FONTS.items() if (_FOLDER / path).is_file()]
    for name in english:
        for number in range(count):
            yield _plain(f"English, {name}", words.english, number, name)
    for name in korean:
        for number in range(count):
            yield _plain(f"Korean, {name}", words.korean, number, name)
    for number in range(count):
        yield from _hard(words, number, korean[number % len(korean)], english[number % 3])


def _hard(words: Texts, number: int, korean: str, english: str) -> Iterator[Sheet]:
    """A page of each kind that is more than clean text of one language in one column."""
    chance = random.Random(number)
    yield _columns("two Korean columns", words.korean, number, korean)
    yield _columns("two English columns", words.english, number, english)
    pairs = zip(_some(words.korean, number, 4), _some(words.english, number, 4), strict=True)
    yield _drawn("mixed, by paragraph", [[text for pair in pairs for text in pair]], korean)
    yield _drawn("mixed, by line", [_by_line(words, number)], korean)
    yield _plain("mixed, names in Latin letters", words.named, number, korean)
    yield _drawn("mixed, English words in Korean", [_within(words, number, chance)], korean)
    for dpi in (150, 300):
        yield _plain(f"Korean, {dpi} dpi", words.korean, number, korean, dpi)
        yield _plain(f"English, {dpi} dpi", words.english, number, english, dpi)
    for language, body, font in (
        ("Korean", words.korean, korean),
        ("English", words.english, english),
    ):
        angle = chance.uniform(2, 7) * chance.choice((1, -1))
        yield _changed(_plain(f"{language}, leaning 2 to 7°", body, number, font), angle=angle)
        turn = chance.choice((90, 180, 270))
        yield _changed(_plain(f"{language}, turned", body, number, font), angle=turn)
        sheet = _plain(f"{language}, JPEG and noise", body, number, font)
        yield _changed(sheet, angle=0.7, noise=number)


def _some(passages: list[str], number: int, count: int) -> list[str]:
    at = number * 7 % len(passages)
    return (passages + passages)[at : at + count]


def _plain(kind: str, passages: list[str], number: int, font: str, dpi: int = _CLEAN) -> Sheet:
    return _drawn(kind, [_some(passages, number, 6)], font, dpi)


def _columns(kind: str, passages: list[str], number: int, font: str) -> Sheet:
    chosen = _some(passages, number, 8)
    return _drawn(kind, [chosen[:4], chosen[4:]], font)


def _by_line(words: Texts, number: int) -> list[str]:
    """Short lines, each of one language, as on a bilingual form."""
    lines = []
    for one, other in zip(
        _some(words.korean, number, 12), _some(words.english, number, 12), strict=True
    ):
        lines += [" ".join(one.split()[:7]), " ".join(other.split()[:8])]
    return lines


def _within(words: Texts, number: int, chance: random.Random) -> list[str]:
    """Korean prose with an English word, bare or in brackets, after about every sixth word."""
    foreign = [w.strip(".,;:'\"()") for text in words.english[:60] for w in text.split()]
    foreign = [word for word in foreign if word.isalpha() and word.isascii() and len(word) > 3]
    made = []
    for passage in _some(words.korean, number, 5):
        mixed = []
        for word in passage.split():
            mixed.append(word)
            if chance.random() < 1 / 6:
                english = chance.choice(foreign)
                bracketed = chance.random() < 0.5 and word[-1].isalnum()
                if bracketed:
                    mixed[-1] += f"({english})"
                else:
                    mixed.append(english)
        made.append(" ".join(mixed))
    return made


def _drawn(kind: str, columns: list[list[str]], font: str, dpi: int = _CLEAN) -> Sheet:
    """Columns of paragraphs on a white page, ragged right; what does not fit is left out."""
    scale = dpi / 72
    face = _face(font, round(_SIZE * scale))
    image = Image.new("L", (round(_PAGE[0] * scale), round(_PAGE[1] * scale)), 255)
    draw = ImageDraw.Draw(image)
    width = (_PAGE[0] - 2 * _MARGIN - 25 * (len(columns) - 1)) / len(columns)
    drawn: list[str] = []
    for index, passages in enumerate(columns):
        left, top = (_MARGIN + index * (width + 25)) * scale, _MARGIN * scale
        for passage in passages:
            for line in _wrapped(passage, face, width * scale):
                if top > (_PAGE[1] - _MARGIN) * scale:
                    break
                draw.text((left, top), line, font=face, fill=0)
                drawn.append(line)
                top += _SIZE * _LEADING * scale
            top += _SIZE * _LEADING * scale * (0.7 if len(passage) > 60 else 0.2)
    return Sheet(kind, " ".join(drawn), image, dpi)


def _face(font: str, size: int) -> ImageFont.FreeTypeFont:
    path = _FOLDER / (KOREAN_FONTS | ENGLISH_FONTS)[font]
    face = ImageFont.truetype(str(path), size)
    index = 0
    while path.suffix == ".ttc" and face.getname()[0] != font:
        index += 1
        face = ImageFont.truetype(str(path), size, index=index)
    return face


def _wrapped(text: str, face: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and face.getlength(longer) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _changed(sheet: Sheet, angle: float = 0.0, noise: int | None = None) -> Sheet:
    """The sheet laid askew on the glass (degrees counter-clockwise); with `noise` also blurred,
    grained (seeded) and saved as a JPEG of quality 40."""
    image = sheet.image.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    if noise is not None:
        soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), np.float32)
        grain = np.random.default_rng(noise).normal(0, 12, soft.shape)
        image = Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8))
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=40)
        image = Image.open(packed)
        image.load()
    return Sheet(sheet.kind, sheet.truth, image, sheet.dpi)
