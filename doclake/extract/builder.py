"""The list of elements a format fills, and what cleans the text that goes into it."""

from __future__ import annotations

from typing import Any

from doclake.errors import LimitExceeded
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Child, Element, ElementType, Extraction
from doclake.extract.text.cleaning import clean, clean_code, smuggled
from doclake.settings import Limits


class Blocks:
    """Elements in reading order, and what was lost among them. Raises `LimitExceeded` past
    `limits.output_mb`."""

    def __init__(self, method: str, limits: Limits) -> None:
        self.method = method
        self.elements: list[Element] = []
        self.lost = LostParts()
        self._room = limits.output_mb << 20
        self._limit = limits.output_mb

    def extraction(self, children: list[Child] | None = None, **facts: Any) -> Extraction:
        """What the document held, once it is read. `facts` are the other fields of `Extraction`."""
        lost = self.lost.fields
        return Extraction(self.elements, children or [], page_metadata=lost, **facts)

    def add(self, kind: ElementType, text: str, **facts: Any) -> int | None:
        """Append one element and return its index; None if nothing is left of its text.

        `facts` are the other fields of `Element`.
        """
        secret = smuggled(text)
        if kind != "Table":  # the text of a table is clean already, and its tabs separate cells
            text = clean_code(text) if kind == "Code" else clean(text)
        if secret:
            where = {key: facts[key] for key in ("page", "bbox") if key in facts}
            self._append(Element("Other", secret, self.method, hidden="unicode tags", **where))
        if not text:
            return None
        facts.setdefault("method", self.method)
        return self._append(Element(kind, text, **facts))

    def add_picture(self, words: str = "", **facts: Any) -> int:
        """Append a picture, which stands for itself if nothing tells what it shows."""
        return self._append(Element("Image", clean(words), self.method, **facts))

    def _append(self, element: Element) -> int:
        self._room -= len(element.text) + len(element.html or "")
        if self._room < 0:
            raise LimitExceeded(
                f"The document yields more than {self._limit} MB of text.",
                limit="output_mb",
                allowed=self._limit,
            )
        self.elements.append(element)
        return len(self.elements) - 1
