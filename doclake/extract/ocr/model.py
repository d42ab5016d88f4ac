"""What OCR reads: blocks and lines. All boxes are pixel boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from doclake.extract.ocr.symbols import PixelBox, Word


@dataclass(slots=True)
class TextLine:
    """One line, with the number of its block and a confidence of 0 to 1."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    block: int
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """Lines in reading order, and the boxes of ruling lines (`rules`) without those of squared
    paper. Boxes are on the picture as read: `width` x `height` pixels, turned upright by `turn`
    quarter turns clockwise, then straightened by `skew` degrees counter-clockwise."""

    lines: list[TextLine]
    width: int
    height: int
    turn: int = 0
    skew: float = 0.0
    rules: list[PixelBox] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        weight = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / max(weight, 1)


TextBlock = tuple[Image.Image, PixelBox]
"""A picture, and the box in it to read."""
