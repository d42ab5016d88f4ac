"""What stands in a paragraph: text, notes, links, pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doclake.extract.model import ElementType

if TYPE_CHECKING:
    from lxml import etree


class Inline:
    """What one paragraph holds, or several."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.hidden: list[tuple[str, str]] = []
        self.links: dict[str, None] = {}
        self.frames: list[etree._Element] = []
        self.images: list[str] = []
        self.notes: list[tuple[ElementType, str]] = []

    def take(self, other: Inline) -> None:
        """Take over all but the visible text and the frames of another paragraph."""
        self.hidden += other.hidden
        self.links |= other.links
        self.images += other.images
        self.notes += other.notes

    def say(self, text: str, hidden: str | None) -> None:
        # Line ends and tabs in the file are only its layout.
        text = text if text in ("\n", "\t") else re.sub(r"[\r\n\t]+", " ", text)
        if hidden and text.strip():
            self.hidden.append((hidden, text))
        elif text:
            self.pieces.append(text)
