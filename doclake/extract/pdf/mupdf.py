"""PDF pages through PyMuPDF: one pass over the content stream gives text, colours and rules.

`dict` with images off and vectors on costs about a fifth more than the text alone and spares a
second interpretation of the page for tables (ruling lines) and hidden text (paint, alpha).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf

from doclake.errors import DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.model import Child
from doclake.extract.pdf.page import VERTICAL, Bookmark, Box, Fill, Line, Mark, Page, Word

if TYPE_CHECKING:
    from PIL import Image

_FLAGS = (
    pymupdf.TEXT_PRESERVE_WHITESPACE
    | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
    | pymupdf.TEXT_COLLECT_VECTORS
)
_RULE = 3.0  # points: a painted rectangle this thin is a ruling line
_TURNS = {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}
_KINDS = {1: "button", 2: "checkbox", 3: "combobox", 4: "listbox", 5: "radio", 6: "signature"}
_EVERYWHERE = pymupdf.INFINITE_RECT()
_MONOSPACED = ("courier", "mono", "consol", "menlo", "typewriter", "cmtt", "code")

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
            raise DocumentMalformed(f"Not a readable PDF: {error}") from None
        self._last: tuple[int, Any, Any] | None = None
        if locked and not (password is not None and self._doc.authenticate(password)):
            wrong = " and the configured password does not open it" if password else ""
            raise DocumentEncrypted(f"The PDF is encrypted{wrong}.")
        try:
            self.page_count = len(self._doc)
            self._has_links = self._doc.has_links()
            self._has_annotations = self._doc.has_annots() or self._doc.is_form_pdf
        except Exception as error:
            promised = _promised_pages(self._doc)
            if promised > self._doc.xref_length():
                raise LimitExceeded(
                    f"It counts {promised} pages and has {self._doc.xref_length()} objects.",
                    mend="Open and save it again in the program that made it.",
                    limit="pages",
                    pages=promised,
                ) from None
            raise DocumentMalformed(f"The page tree cannot be read: {error}") from None

    def close(self) -> None:
        self._doc.close()

    def page(self, index: int) -> Page:
        try:
            source = self._doc.load_page(index)
            text = source.get_textpage(clip=_EVERYWHERE, flags=_FLAGS)
            content = text.extractDICT()
        except Exception as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be read: {error}") from None
        self._last = index, text, source
        bounds = source.rect
        page = Page(index + 1, bounds.width, bounds.height)
        for block in content["blocks"]:
            if block["type"] == 0:
                for line in block["lines"]:
                    page.lines.extend(_lines(line))
            elif block["type"] == 3:
                page.drawings += 1
                _add_vector(page, block)
        page.find_images = lambda: self._pictures(index)
        if source.rotation:
            _rotate(page, source.rotation_matrix)
        if self._has_links:
            page.links = list(_links(source))
        if self._has_annotations:
            _add_annotations(page, source)
        return page

    def words(self, index: int) -> list[Word]:
        """Words of a page; free if it is the page read last."""
        if self._last is None or self._last[0] != index:
            self.page(index)
        assert self._last is not None
        _, text, source = self._last
        found = text.extractWORDS(delimiters="\u00a0")
        if source.rotation:
            matrix = source.rotation_matrix
            return [(*_turned(word[:4], matrix), word[4]) for word in found]
        return [word[:5] for word in found]

    def images(self, index: int) -> list[tuple[Box, int]]:
        """Boxes of the pictures on a page, as displayed, with their pixels; none is decoded."""
        page = self._doc.load_page(index)
        matrix = page.rotation_matrix
        return [
            (_turned(info["bbox"], matrix), info["width"] * info["height"])
            for info in page.get_image_info()
        ]

    def _pictures(self, index: int) -> list[Box]:
        """Boxes of pictures; the page is not run through again where it names none."""
        if not self._doc.get_page_images(index):
            return []
        return [box for box, _ in self.images(index)]

    def bookmarks(self) -> list[Bookmark]:
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

    def render(self, index: int, dpi: int) -> Image.Image:
        from PIL import Image

        try:
            pixels = self._doc.load_page(index).get_pixmap(dpi=dpi, colorspace="gray", alpha=False)
        except Exception as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be drawn: {error}") from None
        return Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)


def _lines(line: dict[str, Any]) -> Iterator[Line]:
    """One line, or several where its spans are painted so differently that one may be hidden."""
    spans = line["spans"]
    if len(spans) == 1:
        yield _line(line, spans, line["bbox"])
        return
    paints = {(span["alpha"], span["color"] >= 0xF0F0F0, span["size"] < 2) for span in spans}
    if len(paints) == 1:
        yield _line(line, spans, line["bbox"])
        return
    for span in spans:
        yield _line(line, [span], span["bbox"])


def _line(line: dict[str, Any], spans: list[dict[str, Any]], box: Box) -> Line:
    main = spans[0]
    if len(spans) == 1:
        text = main["text"]
        bold = main["flags"] & 16
    else:
        text = "".join([span["text"] for span in spans])
        main = max(spans, key=lambda span: len(span["text"]))
        heavy = sum([len(span["text"]) for span in spans if span["flags"] & 16])
        bold = heavy * 2 > len(text)
    flags = main["flags"]
    made = Line(text, *box, main["size"], main["font"], bool(bold), bool(flags & 8))
    if len(spans) > 1:
        made.raised = bool(spans[0]["flags"] & 1)
    made.colour = main["color"]
    made.alpha = main["alpha"]
    direction = line["dir"]
    if line["wmode"]:
        made.turn = VERTICAL
    elif direction != (1.0, 0.0):
        made.turn = _TURNS.get((round(direction[0]), round(direction[1])), 0)
    return made


def _add_vector(page: Page, block: dict[str, Any]) -> None:
    box = x0, y0, x1, y1 = block["bbox"]
    if x1 - x0 <= _RULE or y1 - y0 <= _RULE:
        page.rules.append(box)
    elif not block["stroked"]:
        page.fills.append(Fill(box, block["color"]))
    elif block["isrect"]:
        page.rules += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def _turned(box: Box, matrix: Any) -> Box:
    rect = pymupdf.Rect(box) * matrix
    return rect.x0, rect.y0, rect.x1, rect.y1


def _rotate(page: Page, matrix: Any) -> None:
    """From the unrotated page, as PyMuPDF tells coordinates, to the page as displayed."""
    quarter = _TURNS[(round(matrix.a), round(matrix.b))]
    for line in page.lines:
        line.x0, line.y0, line.x1, line.y1 = _turned(line.box, matrix)
        if line.turn != VERTICAL:
            line.turn = (line.turn + quarter) % 4
    page.rules = [_turned(rule, matrix) for rule in page.rules]
    page.fills = [Fill(_turned(fill.box, matrix), fill.colour) for fill in page.fills]


def _links(source: Any) -> Iterator[Mark]:
    matrix = source.rotation_matrix
    link = source.first_link
    while link:
        target = link.uri if link.is_external else ""
        if target:
            yield Mark(_turned(link.rect, matrix), target, "link")
        link = link.next


def _add_annotations(page: Page, source: Any) -> None:
    matrix = source.rotation_matrix
    with contextlib.suppress(Exception):  # a broken widget costs itself, not its page
        page.fields = list(_fields(source))
    with contextlib.suppress(Exception):
        for note in source.annots():
            info = note.info
            text = info.get("content") or ""
            if text.strip():
                author = f"{info['title']}: " if info.get("title") else ""
                kind = note.type[1].lower()
                page.annotations.append(Mark(_turned(note.rect, matrix), author + text, kind))


def _fields(source: Any) -> Iterator[Mark]:
    """Form fields, by MuPDF's own list: `Page.widgets` walks it anew for each of them."""
    from pymupdf import mupdf

    widget = mupdf.pdf_first_widget(source._pdf_page())
    while widget.m_internal:
        entry = mupdf.pdf_annot_obj(widget)
        label = mupdf.pdf_annot_field_label(widget) or mupdf.pdf_load_field_name(entry)
        value = mupdf.pdf_field_value(entry)
        rect = mupdf.pdf_bound_widget(widget)
        box = rect.x0, rect.y0, rect.x1, rect.y1  # already on the page as displayed
        text = f"{label}: {value}" if value and value != "Off" else label
        yield Mark(box, text, _KINDS.get(mupdf.pdf_widget_type(widget), "field"))
        widget = mupdf.pdf_next_widget(widget)


def _promised_pages(doc: Any) -> int:
    """What the root of the page tree counts, true or not; 0 if it does not say."""
    try:
        root = int(doc.xref_get_key(doc.pdf_catalog(), "Pages")[1].split()[0])
        return int(doc.xref_get_key(root, "Count")[1])
    except (ValueError, IndexError, RuntimeError):
        return 0
