"""The `layout` mode: regions and their kinds from the ONNX models that come with PyMuPDF.

The model sees what rules of thumb cannot (a heading in body type, a caption, a picture's lettering)
at some hundred times the cost of the fast path. It gives regions in reading order; the text in
them is the engine's own, and tables keep the cells found by `tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from doclake.errors import DependencyMissing
from doclake.extract.model import ElementType
from doclake.extract.pdf.page import Box, Line, Page

_TYPES: dict[str, ElementType] = {
    "title": "Title",
    "section-header": "Title",
    "list-item": "ListItem",
    "caption": "Caption",
    "footnote": "Footnote",
    "page-header": "Header",
    "page-footer": "Footer",
    "formula": "Formula",
    "code": "Code",
}


class LayoutModel:
    """The models on one document, opened beside the engine that reads it."""

    def __init__(self, file: Path, password: str | None) -> None:
        try:
            import pymupdf
            import pymupdf.layout
        except ImportError as error:
            raise DependencyMissing(
                f"`pdf_mode: layout` needs PyMuPDF's layout models: {error}.",
                mend="Install pymupdf 2.0 or later, or set `recipe.extract.pdf_mode: fast`.",
            ) from None
        self._doc: Any = pymupdf.open(str(file), filetype="pdf")
        if password is not None:
            self._doc.authenticate(password)

    def regions(self, index: int) -> list[tuple[Box, ElementType | None]]:
        """Boxes in reading order, on the page as displayed; None for text, tables, pictures."""
        page = self._doc.load_page(index)
        page.get_layout()
        return [
            ((x0, y0, x1, y1), _TYPES.get(kind))
            for x0, y0, x1, y1, kind in page.layout_information or ()
        ]

    def close(self) -> None:
        self._doc.close()


def assign(page: Page, lines: Sequence[Line]) -> list[tuple[ElementType | None, list[Line]]]:
    """Lines by the region their middle lies in, in the order of the regions; what lies in none
    is appended, so that nothing is lost to the model."""
    held: list[list[Line]] = [[] for _ in page.regions]
    rest: list[Line] = []
    for line in lines:
        x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
        for (box, _), inside in zip(page.regions, held, strict=True):
            if box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2:
                inside.append(line)
                break
        else:
            rest.append(line)
    kinds = [kind for _, kind in page.regions]
    found = [(kind, inside) for kind, inside in zip(kinds, held, strict=True) if inside]
    return [*found, (None, rest)] if rest else found
