"""PDF: text with boxes, structure, tables, forms, annotations, attachments, scans.

One pass reads every page through the chosen engine into `page.Page`; everything after that is
the same for both engines. `doclake.extract.pdf.Pdf` is the format; it runs in the guarded child.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from pathlib import Path

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.model import Extraction, Options
from doclake.extract.pdf import (
    assemble,
    compose,
    furniture,
    headings,
    paragraphs,
    soundness,
    tables,
)
from doclake.extract.pdf.page import Bookmark, Engine, Page
from doclake.extract.pdf.tables.cells import Table

_TITLE_PAGES = 1


class Pdf:
    """`Format` of PDF documents, through PyMuPDF or pypdfium2 (`recipe.pdf_engine`)."""

    def extract(self, file: Path, options: Options) -> Extraction:
        """Raises DocumentEncrypted, DocumentMalformed, DocumentEmpty, LimitExceeded and, where
        OCR is needed and missing, DependencyMissing."""
        engine = _open(file, options)
        try:
            return _Reading(engine, options).extraction()
        finally:
            engine.close()


def _open(file: Path, options: Options) -> Engine:
    from doclake.extract.pdf.mupdf import MuPdf

    return MuPdf(file, options.password)


class _Reading:
    """One document on its way from pages to elements."""

    def __init__(self, engine: Engine, options: Options) -> None:
        self.engine = engine
        self.recipe = options.recipe
        self.limits = options.limits
        self.verdicts: list[str] = []
        self.tables: dict[int, list[Table]] = {}

    def extraction(self) -> Extraction:
        count = self.engine.page_count
        if count > self.limits.pages:
            raise LimitExceeded(f"{count} pages; the limit is {self.limits.pages}.", pages=count)
        pages = [self._page(index) for index in range(count)]
        self.verdicts = [soundness.judge(page) for page in pages]
        bookmarks = self.engine.bookmarks()
        made = Extraction(pages=count, metadata=self._metadata(bookmarks))
        blocks = self._blocks(pages, bookmarks)
        made.elements = assemble.elements(blocks, self.engine.name)
        assemble.add_links(made.elements, pages)
        for page in pages:
            made.elements += assemble.marks(page, self.engine.name)
        made.pages_with_text = sum(
            [any(line.text.strip() for line in page.lines) for page in pages]
        )
        made.children = list(self.engine.attachments())
        made.title = _title(made)
        if not made.elements and not made.children:
            reasons = ", ".join(sorted(set(self.verdicts))) or "no pages"
            raise DocumentEmpty(f"Nothing to read on {count} pages: {reasons}.")
        return made

    def _page(self, index: int) -> Page:
        page = self.engine.page(index)
        found = tables.find(page, lambda: self.engine.words(index)) if self.recipe.tables else []
        self.tables[page.number] = found
        return page

    def _blocks(self, pages: list[Page], bookmarks: list[Bookmark]) -> list[compose.Block]:
        typography = headings.measure(pages, bookmarks)
        edges = furniture.find(pages)
        tight = paragraphs.keeps_row_spaces([line.text for page in pages for line in page.lines])
        blocks: list[compose.Block] = []
        for page in pages:
            blocks += compose.blocks(page, edges, typography, self.tables[page.number], tight)
        assemble.heading_levels(blocks, typography)
        assemble.list_levels(blocks)
        return blocks

    def _metadata(self, bookmarks: list[Bookmark]) -> dict[str, str]:
        facts = self.engine.metadata()
        facts["text_layer"] = _summary(self.verdicts)
        if bookmarks:
            outline = [[mark.level, mark.title, mark.page] for mark in bookmarks]
            facts["bookmarks"] = json.dumps(outline, ensure_ascii=False)
        return facts


def _summary(verdicts: list[str]) -> str:
    """`1-3: sound; 4: image only`."""
    parts = []
    for verdict, run in groupby(enumerate(verdicts, 1), key=lambda item: item[1]):
        numbers = [number for number, _ in run]
        span = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
        parts.append(f"{span}: {verdict}")
    return "; ".join(parts)


def _title(made: Extraction) -> str | None:
    """The metadata's title if it reads like one, else the first page's topmost heading."""
    named = made.metadata.get("title", "").strip()
    if named and not named.lower().endswith((".doc", ".docx", ".pdf", ".indd", ".xls", ".ppt")):
        return named
    first = [
        one
        for one in made.elements
        if one.type == "Title" and one.page == _TITLE_PAGES and not one.hidden
    ]
    depth = Counter([one.level or 1 for one in first])
    return next((one.text for one in first if one.level == min(depth)), None) if first else None
