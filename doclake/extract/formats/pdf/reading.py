"""One PDF from its pages to elements, the same for both engines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from doclake.display import number_of
from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract import text_amount
from doclake.extract.formats.pdf.region_model import LayoutModel
from doclake.extract.layout import (
    assemble,
    compose,
    covered,
    figures,
    furniture,
    headings,
    hidden,
    overprint,
    row_ends,
    soundness,
)
from doclake.extract.layout.blocks import Block
from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page import Page
from doclake.extract.layout.page_source import Bookmark, Engine
from doclake.extract.layout.page_tables import continued, finder, leftwards
from doclake.extract.model import Child, Extraction, MetadataField, Options
from doclake.extract.ocr import doubtful_pages, scanned_pages

_FILE_NAMES = (".doc", ".docx", ".pdf", ".indd", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".dvi")
_NAMES = {"creator": "application", "creationDate": "created", "modDate": "modified"}
_REASONS = {
    "image only": "no text layer",
    "no text": "letters drawn as strokes",
    "garbage encoding": "broken text layer",
    "hidden text layer": "hidden text layer",
}
_PICTURE = 400_000_000  # pixels; a larger picture in a page is a bomb
_DRAWN = 30  # strokes: from here on, a page without text may show letters


class Reading:
    """Reads every page, sends the unsound ones to OCR, and hands all to `extraction_of`.

    A page that cannot be read costs itself: it becomes a child, `report.pdf!/page 3.pdf`, that
    fails for the same reason.
    """

    def __init__(self, engine: Engine, options: Options, model: LayoutModel | None = None) -> None:
        self.engine = engine
        self.model = model
        self.recipe = options.recipe
        self.limits = options.limits
        self.verdicts: list[str] = []
        self.scans: list[int] = []
        self.lost: dict[int, Exception] = {}

    def extraction(self) -> Extraction:
        count = self.engine.page_count
        if count > self.limits.pages:
            raise LimitExceeded(f"{count} pages; the limit is {self.limits.pages}.", pages=count)
        pages = [self._page(index) for index in range(count)]
        unread = scanned_pages.read(
            self.engine, pages, self.scans, self.recipe, self.limits, self.lost
        )
        if self.lost and len(self.lost) == count:
            raise self.lost[0]
        bookmarks = self.engine.bookmarks()
        extraction = extraction_of(pages, bookmarks)
        extraction.letters = sum(
            [text_amount.of(line.text) for page in pages for line in page.lines]
        )
        if self.recipe.ocr_words:
            scanned_pages.add_words(extraction.elements, pages)
        extraction.metadata = self._metadata()
        extraction.page_metadata = [
            *self._unread(),
            *self._read_by_ocr(pages),
            *_outline(bookmarks),
        ]
        self._add_doubtful(extraction, pages)
        extraction.title = _title(extraction)
        extraction.children = [*self.engine.attachments(), *unread, *self._lost_pages()]
        if not extraction.children and not any(one.text or one.html for one in extraction.elements):
            reasons = ", ".join(sorted(set(self.verdicts))) or "no pages"
            raise DocumentEmpty(f"Nothing to read on {number_of(count, 'page')}: {reasons}.")
        return extraction

    def _page(self, index: int) -> Page:
        try:
            return self._read(index)
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, the other pages stand
            self.lost[index] = error
            self.verdicts[index:] = ["unreadable"]
            return Page(index + 1, 0.0, 0.0)

    def _read(self, index: int) -> Page:
        page = self.engine.page(index)
        lines = overprint.once(page.lines)
        twice = len(lines) < len(page.lines)
        page.lines = lines
        page.method = page.method or self.engine.name
        verdict = soundness.judge(page)
        self.verdicts.append(verdict)
        if self._wants_ocr(verdict, page):
            largest = max([picture.pixels for picture in page.images], default=0)
            if largest > _PICTURE:
                raise LimitExceeded(
                    f"Page {index + 1} holds a picture of {largest} pixels.", pixels=largest
                )
            self.scans.append(index)
            return page
        hidden.mark(page, verdict)
        if self.recipe.ocr != "off" and soundness.is_hidden_layer(page):
            self.verdicts[-1] = "hidden text layer"
            self.scans.append(index)
            return page
        if verdict == "sound":
            words, draw = self.engine.words, self.engine.render
            covered.mark(page, lambda: words(index), lambda dpi, box: draw(index, dpi, box))
        if self.recipe.tables:
            page.tables = finder.find(page, lambda: self._words(index, twice))
        if self.model is not None:
            page.regions = self.model.regions(index)
        return page

    def _words(self, index: int, twice: bool) -> list[Word]:
        """The words of a page; each once, if some of them are printed twice."""
        words = self.engine.words(index)
        return overprint.words_once(words) if twice else words

    def _wants_ocr(self, verdict: str, page: Page) -> bool:
        if self.recipe.ocr == "off":
            return False
        if self.recipe.ocr == "always":
            return bool(page.lines or page.images or page.drawings)
        if verdict == "no text":
            return page.drawings >= _DRAWN
        return verdict in ("image only", "garbage encoding")

    def _metadata(self) -> dict[str, str]:
        facts = {_NAMES.get(name, name): value for name, value in self.engine.metadata().items()}
        return facts | {"text_layer": _summary(self.verdicts)}

    def _unread(self) -> list[MetadataField]:
        """The pages that could not be read, each with the reason."""
        return [MetadataField("unread", str(error), at + 1) for at, error in self.lost.items()]

    def _add_doubtful(self, extraction: Extraction, pages: Sequence[Page]) -> None:
        broken = frozenset(
            number
            for number, verdict in enumerate(self.verdicts, 1)
            if verdict == "garbage encoding"
        )
        extraction.pictures, refused = doubtful_pages.pictures(
            pages,
            broken,
            lambda page: self.engine.render(page.number - 1, doubtful_pages.DPI),
            self.recipe.vision,
        )
        extraction.page_metadata += refused

    def _lost_pages(self) -> list[Child]:
        """A child with the pages that could not be read."""
        if not self.lost:
            return []
        try:
            data = self.engine.part([*self.lost])
        except Exception:  # it may not even be possible to copy such a page
            data = b"%PDF-1.7\n"
        return [Child(f"{scanned_pages.page_range([*self.lost])}.pdf", data)]

    def _read_by_ocr(self, pages: Sequence[Page]) -> list[MetadataField]:
        """The pages that OCR read, each with the reason."""
        read = [pages[index] for index in self.scans if pages[index].method == "tesseract"]
        reasons = [_REASONS.get(self.verdicts[page.number - 1], "recipe") for page in read]
        return [
            MetadataField("ocr", reason, page.number)
            for page, reason in zip(read, reasons, strict=True)
        ]


def extraction_of(pages: Sequence[Page], bookmarks: Sequence[Bookmark] = ()) -> Extraction:
    """The elements of all pages: headings, furniture and figures need the whole document."""
    typography = headings.measure(pages, bookmarks)
    edges = furniture.find(pages, typography.body)
    continued.link(pages, edges)
    leftwards.renumber(pages)
    pictures = figures.find(pages)
    tight = row_ends.keep_spaces([line.text for page in pages for line in page.lines])
    blocks: list[Block] = []
    for page in pages:
        placed = pictures.get(page.number, ())
        blocks += compose.blocks(page, edges, typography, tight, placed)
    assemble.heading_levels(blocks, typography)
    assemble.list_levels(blocks)
    extraction = Extraction(pages=len(pages), elements=assemble.elements(blocks))
    assemble.add_links(extraction.elements, pages)
    for page in pages:
        extraction.elements += assemble.marks(page)
    extraction.pages_with_text = sum([bool(page.lines) for page in pages])
    return extraction


def _outline(bookmarks: Sequence[Bookmark]) -> list[MetadataField]:
    return [MetadataField("bookmark", mark.title, mark.page or None) for mark in bookmarks]


def _summary(verdicts: Sequence[str]) -> str:
    """`1-3: sound; 4: image only`."""
    parts = []
    for verdict, run in groupby(enumerate(verdicts, 1), key=lambda item: item[1]):
        numbers = [number for number, _ in run]
        span = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
        parts.append(f"{span}: {verdict}")
    return "; ".join(parts)


def _title(extraction: Extraction) -> str | None:
    """The metadata's title if it reads like one, else the first page's topmost heading."""
    named = extraction.metadata.get("title", "").strip("\0 \t\n")
    if named and not named.lower().endswith(_FILE_NAMES) and named.lower() != "untitled":
        return named
    first = [
        one
        for one in extraction.elements
        if one.type == "Title" and one.page == 1 and not one.hidden
    ]
    top = min([one.level or 1 for one in first], default=1)
    return next((one.text for one in first if (one.level or 1) == top), None)
