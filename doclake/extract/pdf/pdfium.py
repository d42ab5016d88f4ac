"""PDF pages through pypdfium2 (Apache-2.0 and BSD): for those whom PyMuPDF's licence keeps out.

pdfium's text rectangles (one font, one baseline) become the lines that the shared layout works on;
characters are asked for one by one only where a table may be. Ruling lines come from path objects.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
from pypdfium2 import raw

from doclake.errors import DocumentEncrypted, DocumentMalformed
from doclake.extract.model import Child
from doclake.extract.pdf.page import Bookmark, Box, Fill, Line, Mark, Page, Picture, Word

if TYPE_CHECKING:
    from PIL import Image

_RULE = 3.0  # points: a painted rectangle this thin is a ruling line
_INVISIBLE = 3  # text render mode
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18  # font descriptor flags
_LINE = 1.15  # text sizes: the usual height of a line
_SPACE, _APART = 0.15, 0.6  # text sizes of white: a space, the end of a line
_PALE = 0xF0F0F0
_RECTANGLE = 5  # segments of a path that is one
_PAINT = [raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
_MOST = 4000  # objects of a page beyond which it is a drawing


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
            view = _View(source)
            page = Page(index + 1, view.width, view.height)
            painted = _add_paint(page, source, view)
            page.lines = list(_whole(_lines(text, view, painted)))
            _add_marks(page, source, view, self._doc)
        finally:
            text.close()
            source.close()
        return page

    def words(self, index: int) -> list[Word]:
        source = self._doc[index]
        text = source.get_textpage()
        try:
            return list(_words(text, _View(source)))
        finally:
            text.close()
            source.close()

    def bookmarks(self) -> list[Bookmark]:
        found = []
        with contextlib.suppress(pypdfium2.PdfiumError):
            for mark in self._doc.get_toc(max_depth=8):
                target = mark.get_dest()
                page = target.get_index() if target else None
                number = 0 if page is None else page + 1
                found.append(Bookmark(mark.level + 1, mark.get_title(), number))
        return found

    def metadata(self) -> dict[str, str]:
        return {
            key[0].lower() + key[1:]: value
            for key, value in self._doc.get_metadata_dict(skip_empty=True).items()
        }

    def attachments(self) -> Iterator[Child]:
        for number in range(self._doc.count_attachments()):
            one = self._doc.get_attachment(number)
            yield Child(one.get_name() or f"attachment-{number + 1}", bytes(one.get_data()))

    def render(self, index: int, dpi: int, box: Box | None = None) -> Image.Image:
        source = self._doc[index]
        try:
            picture = source.render(scale=dpi / 72, grayscale=True).to_pil()
        except pypdfium2.PdfiumError as error:
            raise DocumentMalformed(f"Page {index + 1} cannot be drawn: {error}") from None
        finally:
            source.close()
        if box is not None:
            x0, y0, x1, y1 = box
            edges = round(x0 * dpi / 72), round(y0 * dpi / 72), round(x1 * dpi / 72)
            picture = picture.crop((*edges, round(y1 * dpi / 72)))
        return picture.convert("L")

    def part(self, indices: Sequence[int]) -> bytes:
        data = io.BytesIO()
        part = pypdfium2.PdfDocument.new()
        try:
            part.import_pages(self._doc, list(indices))
            part.save(data)
        finally:
            part.close()
        return data.getvalue()


class _View:
    """From PDF coordinates (bottom left, unrotated) to the page as displayed (top left)."""

    def __init__(self, source: Any) -> None:
        self._left, self._bottom, self._right, self._top = source.get_cropbox()
        self.turn = source.get_rotation() // 90 % 4
        size = self._right - self._left, self._top - self._bottom
        self.width, self.height = size if self.turn % 2 == 0 else size[::-1]

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        if self.turn == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self.turn == 1:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self.turn == 2:
            return (
                self._right - right,
                bottom - self._bottom,
                self._right - left,
                top - self._bottom,
            )
        return self._top - top, self._right - right, self._top - bottom, self._right - left


def _lines(text: Any, view: _View, painted: dict[int, int]) -> Iterator[Line]:
    """pdfium's own text rectangles: one for each stretch of one font on one baseline."""
    handle = text.raw
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        content = text.get_text_bounded(left, bottom, right, top)
        content = content.replace("\r\n", " ").replace("\x02", "-").replace("\ufffe", "-")
        if not content.strip():
            continue
        middle = (bottom + top) / 2
        index = raw.FPDFText_GetCharIndexAtPos(handle, left + 0.5, middle, 2.0, top - bottom)
        line = Line(content, *view.box(left, bottom, right, top), top - bottom)
        if index >= 0:
            _style(line, handle, index, view, painted)
        yield line


def _whole(pieces: Iterator[Line]) -> Iterator[Line]:
    """Pieces that differ in font alone as one line, in the style of the longest."""
    held: Line | None = None
    longest = 0
    for piece in pieces:
        if held is None or not _goes_on(held, piece):
            if held is not None:
                yield held
            held, longest = piece, len(piece.text)
            continue
        spaced = held.text[-1].isspace() or piece.text[0].isspace()
        apart = not spaced and piece.x0 - held.x1 > _SPACE * max(held.size, piece.size)
        text = held.text + (" " if apart else "") + piece.text
        main, longest = (piece, len(piece.text)) if len(piece.text) > longest else (held, longest)
        box = held.x0, min(held.y0, piece.y0), piece.x1, max(held.y1, piece.y1)
        raised = held.raised or held.size < 0.8 * piece.size
        bold = held.bold and piece.bold
        held = replace(main, text=text, x0=box[0], y0=box[1], x1=box[2], y1=box[3], bold=bold)
        held.raised = raised
    if held is not None:
        yield held


def _goes_on(line: Line, piece: Line) -> bool:
    """Does this piece stand right after the line, on its baseline and painted as visibly?"""
    if line.turn or piece.turn or line.alpha != piece.alpha:
        return False
    if (line.colour >= _PALE) != (piece.colour >= _PALE):
        return False
    overlap = min(line.y1, piece.y1) - max(line.y0, piece.y0)
    if overlap < 0.5 * min(line.y1 - line.y0, piece.y1 - piece.y0):
        return False
    return -0.3 * line.size < piece.x0 - line.x1 < _APART * line.size


def _style(line: Line, handle: Any, index: int, view: _View, painted: dict[int, int]) -> None:
    """Size, font, colour, direction and visibility, from the first character of a line."""
    size = raw.FPDFText_GetFontSize(handle, index) or 1.0
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(handle, index, matrix):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        quarter = 0 if matrix.a >= 0 else 2
        if abs(matrix.b) > abs(matrix.a):
            quarter = 3 if matrix.b > 0 else 1
        line.turn = (quarter + view.turn) % 4
    line.size = size
    line.font, flags = _font(handle, index)
    heavy = raw.FPDFText_GetFontWeight(handle, index) >= 600
    line.bold = heavy or bool(flags & _FORCE_BOLD) or "bold" in line.font.lower()
    line.mono = bool(flags & _FIXED_PITCH)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if raw.FPDFText_GetFillColor(handle, index, red, green, blue, alpha):
        line.colour = red.value << 16 | green.value << 8 | blue.value
        line.alpha = alpha.value
    owner = raw.FPDFText_GetTextObject(handle, index)
    if owner:
        line.order = painted.get(_address(owner), 0)
        if raw.FPDFTextObj_GetTextRenderMode(owner) == _INVISIBLE:
            line.alpha = 0
    _pad(line)


def _pad(line: Line) -> None:
    """pdfium's rectangles hug the ink; make them as high as a line of this size is set."""
    if line.turn % 2:
        missing = _LINE * line.size - (line.x1 - line.x0)
        if missing > 0:
            line.x0, line.x1 = line.x0 - missing / 2, line.x1 + missing / 2
        return
    missing = _LINE * line.size - (line.y1 - line.y0)
    if missing > 0:
        line.y0, line.y1 = line.y0 - missing / 2, line.y1 + missing / 2


def _font(handle: Any, index: int) -> tuple[str, int]:
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(96)
    length = raw.FPDFText_GetFontInfo(handle, index, buffer, 96, flags)
    name = buffer.raw[: max(length - 1, 0)].decode("utf-8", "replace") if 0 < length <= 96 else ""
    return name.split("+", 1)[-1], flags.value


def _words(text: Any, view: _View) -> Iterator[Word]:
    """Words of a page, character by character: asked for only where a table may be."""
    handle = text.raw
    rect = raw.FS_RECTF()
    letters: list[str] = []
    boxes: list[Box] = []
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(handle, index) or 0xFFFD)
        if letter.isspace() or letter == "\x00":
            if letters:
                yield _word(letters, boxes)
            letters, boxes = [], []
        elif raw.FPDFText_GetLooseCharBox(handle, index, rect):
            letters.append("-" if letter in "\x02\ufffe" else letter)
            boxes.append(view.box(rect.left, rect.bottom, rect.right, rect.top))
    if letters:
        yield _word(letters, boxes)


def _word(letters: list[str], boxes: list[Box]) -> Word:
    text = "".join(letters)
    if any("\ud800" <= letter <= "\udfff" for letter in letters):  # pdfium tells them in halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
        text,
    )


def _add_paint(page: Page, source: Any, view: _View) -> dict[int, int]:
    """Ruling lines, fills and pictures from the page's objects, by their bounds. Returns the
    place of every text object in the order of painting, by its address."""
    texts: dict[int, int] = {}
    for order, one in enumerate(source.get_objects(filter=_PAINT, max_depth=4), 1):
        if one.type == raw.FPDF_PAGEOBJ_TEXT:
            texts[_address(one.raw)] = order
        elif one.type == raw.FPDF_PAGEOBJ_IMAGE:
            width, height = one.get_px_size()
            page.images.append(Picture(view.box(*one.get_bounds()), width * height, order))
        else:
            page.drawings += 1
            if page.drawings <= _MOST:
                _add_path(page, one, view, order)
    if page.drawings > _MOST:
        page.rules, page.fills = [], []
    return texts


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _add_path(page: Page, one: Any, view: _View, order: int) -> None:
    box = x0, y0, x1, y1 = view.box(*one.get_bounds())
    if x1 - x0 <= _RULE or y1 - y0 <= _RULE:
        page.rules.append(box)
        return
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(one.raw, mode, stroked)
    if stroked.value:
        page.rules += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    if mode.value:
        colour, alpha = _fill_colour(one)
        opaque = alpha == 255 and raw.FPDFPath_CountSegments(one.raw) <= _RECTANGLE
        page.fills.append(Fill(box, colour, order, opaque))


def _fill_colour(one: Any) -> tuple[int, int]:
    """0xRRGGBB and alpha."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(one.raw, red, green, blue, alpha):
        return 0, 0
    return red.value << 16 | green.value << 8 | blue.value, alpha.value


def _add_marks(page: Page, source: Any, view: _View, document: Any) -> None:
    """Links, form fields and notes from the page's annotations."""
    rect = raw.FS_RECTF()
    for number in range(raw.FPDFPage_GetAnnotCount(source.raw)):
        one = raw.FPDFPage_GetAnnot(source.raw, number)
        if not one:
            continue
        kind = raw.FPDFAnnot_GetSubtype(one)
        raw.FPDFAnnot_GetRect(one, rect)
        bottom, top = sorted((rect.bottom, rect.top))
        box = view.box(rect.left, bottom, rect.right, top)
        if kind == raw.FPDF_ANNOT_LINK:
            target = _target(one, document)
            if target:
                page.links.append(Mark(box, target, "link"))
        elif kind == raw.FPDF_ANNOT_WIDGET:
            name, value = _field(one, document)
            page.fields.append(Mark(box, f"{name}: {value}" if value else name, "field"))
        elif kind != raw.FPDF_ANNOT_POPUP and _entry(one, b"Contents"):
            author = _entry(one, b"T")
            content = _entry(one, b"Contents")
            page.annotations.append(Mark(box, f"{author}: {content}" if author else content))
        raw.FPDFPage_CloseAnnot(one)


def _target(one: Any, document: Any) -> str:
    link = raw.FPDFAnnot_GetLink(one)
    action = raw.FPDFLink_GetAction(link) if link else None
    if not action:
        return ""
    length = raw.FPDFAction_GetURIPath(document.raw, action, None, 0)
    buffer = ctypes.create_string_buffer(max(length, 1))
    raw.FPDFAction_GetURIPath(document.raw, action, buffer, length)
    return buffer.raw[: max(length - 1, 0)].decode("utf-8", "replace")


def _field(one: Any, document: Any) -> tuple[str, str]:
    """Name and value of a form field, those of its parent included."""
    if document.formenv is None:
        return _entry(one, b"T"), _entry(one, b"V")
    texts = []
    for ask in (
        raw.FPDFAnnot_GetFormFieldAlternateName,
        raw.FPDFAnnot_GetFormFieldName,
        raw.FPDFAnnot_GetFormFieldValue,
    ):
        length = ask(document.formenv.raw, one, None, 0)
        buffer = (ctypes.c_ushort * max(length // 2, 1))()
        ask(document.formenv.raw, one, buffer, length)
        texts.append(bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "replace").strip())
    label, name, value = texts
    return label or name, "" if value == "Off" else value


def _entry(one: Any, key: bytes) -> str:
    length = raw.FPDFAnnot_GetStringValue(one, key, None, 0)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    raw.FPDFAnnot_GetStringValue(one, key, buffer, length)
    return bytes(buffer)[: length - 2].decode("utf-16-le", "replace").strip()
