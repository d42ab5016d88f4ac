"""Text set in columns on PDF pages: a typesetter of a hundred lines, so that the samples need no
font and no library beside PyMuPDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pymupdf

WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN = 62
GUTTER = 22
DATE = "D:20260302090000Z"
Furniture = Callable[[int, int], tuple[str, str]]
"""Header and footer of page n of m."""


class Flow:
    """Blocks set one under the other, column by column, page by page."""

    def __init__(self, plain: str, bold: str, size: float = 10.5, leading: float = 15.5) -> None:
        self.document = pymupdf.open()
        self.plain, self.bold = pymupdf.Font(plain), pymupdf.Font(bold)
        self.size, self.leading = size, leading
        self.writers: list[pymupdf.TextWriter] = []
        self._count = 1
        self._page()

    def _page(self) -> None:
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        self.writers.append(pymupdf.TextWriter(self.page.rect))
        self._start(MARGIN + 12)

    def _start(self, top: float) -> None:
        self.top = self.lowest = self.y = top
        self._column = 0

    @property
    def column_width(self) -> float:
        return (WIDTH - 2 * MARGIN - GUTTER * (self._count - 1)) / self._count

    @property
    def x(self) -> float:
        return MARGIN + self._column * (self.column_width + GUTTER)

    def columns(self, count: int) -> None:
        """From here on `count` columns, below everything set so far."""
        top = max(self.lowest, self.y)
        self._count = count
        self._start(top)

    def _room(self, height: float) -> None:
        if self.y + height <= HEIGHT - MARGIN:
            return
        self.lowest = max(self.lowest, self.y)
        if self._column + 1 < self._count:
            self._column += 1
            self.y = self.top
        else:
            self._page()

    def _line(self, text: str, font: pymupdf.Font, size: float, indent: float = 0) -> None:
        place = (self.x + indent, self.y + size)
        self.writers[-1].append(place, text, font=font, fontsize=size)

    def _set(self, text: str, font: pymupdf.Font, size: float, lead: float, indent: float) -> None:
        for line in _wrapped(text, font, size, self.column_width - indent):
            self._room(lead)
            self._line(line, font, size, indent)
            self.y += lead

    def heading(self, text: str, level: int = 2) -> None:
        size = {1: 20.0, 2: 14.0, 3: 11.5}[level]
        self.y += 0 if self.y == self.top else size * 0.6
        self._room(size * 1.4 + 2 * self.leading)
        self._set(text, self.bold, size, size * 1.35, 0)
        self.y += size * 0.25

    def paragraph(self, text: str) -> None:
        self._set(text, self.plain, self.size, self.leading, 0)
        self.y += self.leading * 0.45

    def item(self, mark: str, text: str) -> None:
        self._room(self.leading)
        self._line(mark, self.plain, self.size)
        self._set(text, self.plain, self.size, self.leading, 20)
        self.y += self.leading * 0.2

    def table(self, caption: str, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        """A ruled table as wide as the column; the first row is its header."""
        height = self.leading + 5
        self._room(self.leading + height * len(rows))
        self._set(caption, self.bold, self.size, self.leading + 3, 0)
        edges = [self.x]
        for share in shares:
            edges.append(edges[-1] + share * self.column_width / sum(shares))
        for number, row in enumerate(rows):
            font = self.plain if number else self.bold
            for cell, left, right in zip(row, edges, edges[1:], strict=False):
                box = pymupdf.Rect(left, self.y, right, self.y + height)
                fill = None if number else (0.9, 0.93, 0.96)
                self.page.draw_rect(box, color=(0.3, 0.3, 0.3), fill=fill, width=0.6)
                width = font.text_length(cell, self.size)
                numeric = number and cell[:1].isdigit()
                indent = right - self.x - width - 5 if numeric else left - self.x + 5
                self.y += 3
                self._line(cell, font, self.size, indent)
                self.y -= 3
            self.y += height
        self.y += self.leading * 0.8

    def finish(self, title: str, furniture: Furniture) -> bytes:
        """Header and footer on every page, fonts cut to the letters used, the same bytes always."""
        pages = zip(self.document, self.writers, strict=True)
        for number, (page, writer) in enumerate(pages, 1):
            head, foot = furniture(number, len(self.writers))
            writer.append((MARGIN, 44), head, font=self.plain, fontsize=8.5)
            width = self.plain.text_length(foot, 8.5)
            place = ((WIDTH - width) / 2, HEIGHT - 32)
            writer.append(place, foot, font=self.plain, fontsize=8.5)
            writer.write_text(page)
        self.document.set_metadata(
            {"title": title, "author": "Noeul Island Cooperative", "creationDate": DATE}
        )
        self.document.subset_fonts()
        options = {"garbage": 4, "deflate": True, "deflate_fonts": True, "no_new_id": True}
        return bytes(self.document.tobytes(**options))


def _wrapped(text: str, font: pymupdf.Font, size: float, width: float) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.text_length(longer, size) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]
