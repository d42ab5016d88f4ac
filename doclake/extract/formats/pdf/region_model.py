"""The `layout` mode: regions and their kinds from the ONNX models that come with PyMuPDF.

The model sees what rules of thumb cannot (a heading in body type, a caption, a picture's lettering)
at some hundred times the cost of the fast path. It gives regions in reading order; their text comes
from the engine, and the cells of page tables from `page_tables`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doclake.errors import DependencyMissing
from doclake.extract.layout.geometry import Box
from doclake.extract.model import ElementType

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
    """The models on one document, which they open beside the engine."""

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
