"""What OCR read: lines and blocks, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from doclake.extract.ocr.symbols import Box, Word


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
