"""What the reader of a format takes and gives: plain dataclasses, no Arrow, no I/O.

A format lives in one module and offers one class that satisfies `Reader`; its row in the registry
names it. Everything here runs in the worker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from doclake.settings import ExtractRecipe, Limits

ElementType = Literal[
    "Title",
    "NarrativeText",
    "ListItem",
    "Table",
    "Image",
    "Code",
    "Formula",
    "Caption",
    "Footnote",
    "Header",
    "Footer",
    "PageNumber",
    "Navigation",
    "FormField",
    "Annotation",
    "Metadata",
    "Other",
]
"""unstructured's element types under their names there, and the few it lacks."""

BoundingBox = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points (1/72 inch) from the top left of the page as a reader sees it."""


@dataclass(slots=True)
class Element:
    """One typed block. `parent` is the index of another element of the same list."""

    type: ElementType
    text: str
    method: str
    html: str | None = None
    page: int | None = None
    bbox: BoundingBox | None = None
    parent: int | None = None
    level: int | None = None
    language: str | None = None
    confidence: float | None = None
    hidden: str | None = None
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class Child:
    """A document found inside this one: an attachment, a member, an embedded file. `shown`: the
    text around it shows it, as a mail does a logo; such a picture need not hold text."""

    name: str
    data: bytes
    shown: bool = False


@dataclass(frozen=True, slots=True)
class MetadataField:
    """One thing that a document says of itself, or its reader says of the reading. `page` is from
    1, None for the whole document. The names stand in docs/formats.md."""

    name: str
    value: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page that was read badly, for a vision server: the reason in a few words, how much of it
    was read well (0 to 1), its size in points, and its picture as PNG."""

    page: int
    reason: str
    confidence: float
    width: float
    height: float
    data: bytes


@dataclass(slots=True)
class Extraction:
    """What one document held. Elements stand in reading order.

    `pages_with_text` counts the pages that have text according to the format itself, whatever
    the elements say: the ledger balances one against the other. Formats without pages leave
    `pages` None. `metadata` is in the format's own words (the module `metadata` renames them),
    `page_metadata` is about single pages. `pictures` are no documents: they go to the vision server
    of the recipe, if it names one. `letters` is how much text it holds, counted as `text_amount`
    does and before any rule leaves something out, where only its reader can count.
    """

    elements: list[Element] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    page_metadata: list[MetadataField] = field(default_factory=list)
    pictures: list[PagePicture] = field(default_factory=list)
    letters: int | None = None


class NeedsTime(Exception):
    """The time allowed does not suffice for `pages` scanned pages. The document is tried again with
    an allowance for each (`limits.for_scans`)."""

    def __init__(self, pages: int) -> None:
        super().__init__(pages)
        self.pages = pages


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader may know besides the bytes. `name` is a hint, never a decision. `shown` is that
    of `Child`."""

    recipe: ExtractRecipe
    limits: Limits
    media_type: str
    name: str
    password: str | None = None
    shown: bool = False


class Reader(Protocol):
    """Reads the documents of a format. Raises a `DocumentError` for input it cannot handle."""

    def extract(self, file: Path, options: Options) -> Extraction: ...
