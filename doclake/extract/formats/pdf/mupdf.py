"""PDF documents through PyMuPDF: pages, words, links, notes, form fields, outline, attachments."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf
from pymupdf import mupdf

from doclake.errors import DocumentEncrypted, DocumentError, DocumentMalformed, LimitExceeded
from doclake.extract.formats.pdf import mupdf_page_tree, mupdf_textpage, mupdf_type3
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Page, PageMark, field_text
from doclake.extract.layout.page_source import Bookmark
from doclake.extract.model import Child

if TYPE_CHECKING:
    from PIL import Image

_DEEPEST = 8  # forms within forms
_KINDS = {1: "button", 2: "checkbox", 3: "combobox", 4: "listbox", 5: "radio", 6: "signature"}
_THEIRS = (mupdf.FzErrorBase, RuntimeError, ValueError)  # what PyMuPDF raises; the rest is ours

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


class MuPdf:
    """A PDF opened by PyMuPDF."""

    name = "pymupdf"

    def __init__(self, file: Path, password: str | None) -> None:
        try:
            self._doc = pymupdf.open(str(file), filetype="pdf")
            locked = bool(self._doc.needs_pass)
        except Exception as error:
            said = "" if "Failed to open" in str(error) else f": {error}"
            raise DocumentMalformed(f"Not a readable PDF{said or '.'}") from None
        self._last: tuple[int, Callable[[], list[Word]], Any] | None = None
        if locked and not (password is not None and self._doc.authenticate(password)):
            wrong = " and the configured password does not open it" if password else ""
            raise DocumentEncrypted(f"The PDF is encrypted{wrong}.")
        claimed = mupdf_page_tree.claimed_pages(self._doc)
        try:
            if claimed is not None and claimed < 1:
                mupdf_page_tree.count_anew(self._doc)
            self.page_count = len(self._doc)
            self._pictures = _Pictures()
            self._pinned: dict[int, list[Child]] = {}
        except Exception as error:
            if claimed is not None and claimed > self._doc.xref_length():
                raise LimitExceeded(
                    f"The PDF claims {claimed} pages and has {self._doc.xref_length()} objects.",
                    mend="Open and save it again in the program that made it.",
                    limit="pages",
                    pages=claimed,
                ) from None
            raise DocumentMalformed(f"The page tree cannot be read: {error}") from None

    def close(self) -> None:
        self._doc.close()

    def page(self, index: int) -> Page:
        try:
            source = self._doc.load_page(index)
            entries = source._pdf_page().obj()
            page, words = mupdf_textpage.read(source, self._pictures.on(entries))
            if not page.images and not any(line.alpha for line in page.lines):
                # Inline images are not among the resources.
                page, words = mupdf_textpage.read(source, pictured=True)
            mupdf_type3.show_painted(page, source)
        except _THEIRS as error:
            raise _unreadable(index, error) from None
        self._last = index, words, source
        if source.rotation:
            mupdf_textpage.rotate(page, source.rotation_matrix)
        if mupdf.pdf_array_len(mupdf.pdf_dict_gets(entries, "Annots")):
            page.links = list(_links(source))
            _add_annotations(page, source)
            self._pinned[index] = list(_pinned(source))
        return page

    def words(self, index: int) -> list[Word]:
        """Words of a page; the page read last costs nothing."""
        if self._last is None or self._last[0] != index:
            self.page(index)
        assert self._last is not None
        _, words, source = self._last
        if source.rotation:
            matrix = tuple(source.rotation_matrix)
            return [(*mupdf_textpage.turned(word[:4], matrix), word[4]) for word in words()]
        return words()

    def bookmarks(self) -> list[Bookmark]:
        outline = self._doc.outline
        if outline is None or not outline.this.m_internal:  # `get_toc` would load it again
            return []
        try:
            return [Bookmark(level, title, page) for level, title, page in self._doc.get_toc()]
        except Exception:  # a broken outline costs the outline, not the document
            return []

    def metadata(self) -> dict[str, str]:
        return {key: str(value) for key, value in (self._doc.metadata or {}).items() if value}

    def attachments(self) -> Iterator[Child]:
        for index in range(self._doc.embfile_count()):
            info = self._doc.embfile_info(index)
            name = info.get("ufilename") or info.get("filename") or info.get("name")
            yield Child(name or f"attachment-{index + 1}", self._doc.embfile_get(index))
        for index in sorted(self._pinned):
            yield from self._pinned[index]

    def render(
        self, index: int, dpi: int, box: Box | None = None, *, colour: bool = False
    ) -> Image.Image:
        from PIL import Image

        mode, space = ("RGB", "rgb") if colour else ("L", "gray")
        try:
            last = self._last
            source = last[2] if last and last[0] == index else self._doc.load_page(index)
            pixels = source.get_pixmap(dpi=dpi, colorspace=space, alpha=False, clip=box)
        except Exception as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be drawn: {error}") from None
        return Image.frombytes(mode, (pixels.width, pixels.height), pixels.samples)

    def part(self, indices: Sequence[int]) -> bytes:
        with pymupdf.open() as part:
            for index in indices:
                part.insert_pdf(self._doc, from_page=index, to_page=index)
            data: bytes = part.tobytes(garbage=3)
        return data


def _links(source: Any) -> Iterator[PageMark]:
    """Links that leave the document, from MuPDF's own list: `Page.first_link` searches all
    annotations for the object of each link."""
    matrix = tuple(source.rotation_matrix)
    link = mupdf.fz_load_links(source.this)
    while link.m_internal:
        target = link.uri()
        if target and mupdf.fz_is_external_link(target):
            rect = link.rect()
            box = rect.x0, rect.y0, rect.x1, rect.y1
            yield PageMark(mupdf_textpage.turned(box, matrix), target, "link")
        link = link.next()


def _add_annotations(page: Page, source: Any) -> None:
    matrix = tuple(source.rotation_matrix)
    with contextlib.suppress(Exception):  # a broken widget costs itself, not its page
        page.fields = list(_fields(source))
    with contextlib.suppress(Exception):
        for note in source.annots():
            info = note.info
            text = info.get("content") or ""
            if text.strip():
                author = f"{info['title']}: " if info.get("title") else ""
                kind = note.type[1].lower()
                page.annotations.append(
                    PageMark(mupdf_textpage.turned(note.rect, matrix), author + text, kind)
                )


def _pinned(source: Any) -> Iterator[Child]:
    """The files pinned to a page; one that cannot be unpacked is left out."""
    with contextlib.suppress(Exception):
        for number, note in enumerate(source.annots(types=[pymupdf.PDF_ANNOT_FILE_ATTACHMENT]), 1):
            with contextlib.suppress(Exception):
                name = note.file_info.get("filename") or f"pinned-{source.number + 1}-{number}"
                yield Child(name, note.get_file())


def _fields(source: Any) -> Iterator[PageMark]:
    """Form fields, from MuPDF's own list: `Page.widgets` walks it again for each field."""
    widget = mupdf.pdf_first_widget(source._pdf_page())
    while widget.m_internal:
        entry = mupdf.pdf_annot_obj(widget)
        label = mupdf.pdf_annot_field_label(widget) or mupdf.pdf_load_field_name(entry)
        value = mupdf.pdf_field_value(entry)
        rect = mupdf.pdf_bound_widget(widget)
        box = rect.x0, rect.y0, rect.x1, rect.y1  # already on the page as displayed
        text = field_text(label, "" if value == "Off" else value)
        yield PageMark(box, text, _KINDS.get(mupdf.pdf_widget_type(widget), "field"))
        widget = mupdf.pdf_next_widget(widget)


class _Pictures:
    """Whether a page has pictures among its resources; shared resources are searched once."""

    def __init__(self) -> None:
        self._known: dict[int, bool] = {}

    def on(self, page: Any) -> bool:
        return self._among(mupdf.pdf_dict_gets_inheritable(page, "Resources"), 0)

    def _among(self, resources: Any, depth: int) -> bool:
        objects = mupdf.pdf_dict_gets(resources, "XObject")
        for index in range(mupdf.pdf_dict_len(objects)):
            one = mupdf.pdf_dict_get_val(objects, index)
            number = mupdf.pdf_to_num(one)
            if number not in self._known:
                kind = mupdf.pdf_to_name(mupdf.pdf_dict_gets(one, "Subtype"))
                inside = mupdf.pdf_dict_gets(one, "Resources")
                self._known[number] = True  # a form may hold itself: stop there
                self._known[number] = kind == "Image" or (
                    kind == "Form" and depth < _DEEPEST and self._among(inside, depth + 1)
                )
            if self._known[number]:
                return True
        return False


def _unreadable(index: int, error: Exception) -> DocumentError:
    message = f"Page {index + 1} cannot be read: {error}"
    if "stack overflow" in str(error):  # MuPDF's limit on forms within forms
        return LimitExceeded(message, limit="nesting", page=index + 1)
    return DocumentMalformed(message)
