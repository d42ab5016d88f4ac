"""PDF pages through pypdfium2 (Apache-2.0 and BSD): for those who cannot use PyMuPDF's licence.

Letters become the lines that the shared layout works on; ruling lines come from path objects.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from pypdfium2 import raw

from doclake.errors import DocumentEncrypted, DocumentMalformed
from doclake.extract.formats.pdf import pdfium_text
from doclake.extract.formats.pdf.pdfium_objects import add_marks, add_paint, pinned
from doclake.extract.formats.pdf.pdfium_style import View
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Page
from doclake.extract.layout.page_source import Bookmark
from doclake.extract.model import Child

if TYPE_CHECKING:
    from PIL import Image


class Pdfium:
    """A PDF opened by pypdfium2."""

    name = "pypdfium2"

    def __init__(self, file: Path, password: str | None) -> None:
        try:
            self._doc = pypdfium2.PdfDocument(str(file), password=password)
            self.page_count = len(self._doc)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "assword" in str(error):
                wrong = " and the configured password does not open it" if password else ""
                raise DocumentEncrypted(f"The PDF is encrypted{wrong}.") from None
            raise DocumentMalformed(f"Not a readable PDF: {error}") from None
        self._last: tuple[int, Callable[[], list[Word]]] | None = None
        if not self.page_count:
            raise DocumentMalformed("The PDF has no pages.")
        with contextlib.suppress(Exception):
            self._doc.init_forms()

    def close(self) -> None:
        self._doc.close()

    def page(self, index: int) -> Page:
        try:
            source = self._doc[index]
            text = source.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be read: {error}") from None
        try:
            view = View(source)
            page = Page(index + 1, view.width, view.height)
            painted = add_paint(page, source, view)
            page.lines, words = pdfium_text.read(text, view, painted)
            self._last = index, words
            add_marks(page, source, view, self._doc)
        finally:
            text.close()
            source.close()
        return page

    def words(self, index: int) -> list[Word]:
        """Words of a page; the page read last costs next to nothing."""
        if self._last is None or self._last[0] != index:
            self.page(index)
        assert self._last is not None
        return self._last[1]()

    def bookmarks(self) -> list[Bookmark]:
        bookmarks = []
        with contextlib.suppress(pypdfium2.PdfiumError):
            for mark in self._doc.get_toc(max_depth=8):
                target = mark.get_dest()
                page = target.get_index() if target else None
                number = 0 if page is None else page + 1
                bookmarks.append(Bookmark(mark.level + 1, mark.get_title(), number))
        return bookmarks

    def metadata(self) -> dict[str, str]:
        return {
            key[0].lower() + key[1:]: value
            for key, value in self._doc.get_metadata_dict(skip_empty=True).items()
        }

    def attachments(self) -> Iterator[Child]:
        for number in range(self._doc.count_attachments()):
            attachment = self._doc.get_attachment(number)
            name = attachment.get_name() or f"attachment-{number + 1}"
            yield Child(name, bytes(attachment.get_data()))
        for index in range(self.page_count):
            source = self._doc[index]
            try:
                yield from pinned(source)
            finally:
                source.close()

    def render(
        self, index: int, dpi: int, box: Box | None = None, *, colour: bool = False
    ) -> Image.Image:
        source = self._doc[index]
        try:
            picture = source.render(scale=dpi / 72, grayscale=not colour).to_pil()
        except pypdfium2.PdfiumError as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be drawn: {error}") from None
        finally:
            source.close()
        if box is not None:
            x0, y0, x1, y1 = box
            edges = round(x0 * dpi / 72), round(y0 * dpi / 72), round(x1 * dpi / 72)
            picture = picture.crop((*edges, round(y1 * dpi / 72)))
        return picture.convert("RGB" if colour else "L")

    def part(self, indices: Sequence[int]) -> bytes:
        data = io.BytesIO()
        part = pypdfium2.PdfDocument.new()
        try:
            part.import_pages(self._doc, list(indices))
            part.save(data)
        finally:
            part.close()
        return data.getvalue()
