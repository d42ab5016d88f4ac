"""Paths, fills, pictures, links and form fields of a page, from PDFium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from pypdfium2 import PdfAttachment, raw

from doclake.extract.formats.pdf.pdfium_style import View, address
from doclake.extract.layout.page import FREE_TEXT, Fill, Page, PageMark, Picture, field_text
from doclake.extract.model import Child

_RULE = 3.0  # points: a painted rectangle this thin is a ruling line
_RECTANGLE = 5  # segments in the path of a rectangle
_PAINT = [raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
_MOST = 4000  # paths; a page with more of them is a drawing


def add_paint(page: Page, source: Any, view: View) -> dict[int, int]:
    """Add ruling lines, fills and pictures by the bounds of their objects. Returns the place of
    every text object in the order of painting, by its address."""
    texts: dict[int, int] = {}
    for order, one in enumerate(source.get_objects(filter=_PAINT, max_depth=4), 1):
        if one.type == raw.FPDF_PAGEOBJ_TEXT:
            texts[address(one.raw)] = order
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


def _add_path(page: Page, one: Any, view: View, order: int) -> None:
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


def add_marks(page: Page, source: Any, view: View, document: Any) -> None:
    """Add links, form fields and notes from the page's annotations."""
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
                page.links.append(PageMark(box, target, "link"))
        elif kind == raw.FPDF_ANNOT_WIDGET:
            name, value = _field(one, document)
            page.fields.append(PageMark(box, field_text(name, value), "field"))
        elif kind != raw.FPDF_ANNOT_POPUP and _entry(one, b"Contents"):
            author, content = _entry(one, b"T"), _entry(one, b"Contents")
            text = f"{author}: {content}" if author else content
            free = FREE_TEXT if kind == raw.FPDF_ANNOT_FREETEXT else ""
            page.annotations.append(PageMark(box, text, free))
        raw.FPDFPage_CloseAnnot(one)


def pinned(source: Any) -> Iterator[Child]:
    """The files pinned to a page."""
    for number in range(raw.FPDFPage_GetAnnotCount(source.raw)):
        one = raw.FPDFPage_GetAnnot(source.raw, number)
        file = raw.FPDFAnnot_GetFileAttachment(one) if one else None
        if file:
            attachment = PdfAttachment(file, source.pdf)
            name = attachment.get_name() or f"pinned-{number + 1}"
            yield Child(name, bytes(attachment.get_data()))
        if one:
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
