"""A sketch of a slide, made of what extraction found on it: its blocks, where they stand.

No bytes are read again, so it works for what lies inside other documents too. It is no picture of
the slide: fonts, colours and drawings are not among the elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Literal

from pydantic import BaseModel, Field

from doclake.chunk import table
from doclake.errors import DocumentChanged, PageNotShown
from doclake.extract.registry import format_of
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.passages import passage
from doclake.serve.models import Box
from doclake.serve.page_images import version_of
from doclake.tables.elements import ELEMENTS, ElementRow
from doclake.tables.metadata import METADATA

_FORMATS = ("PPTX", "PPT", "ODP")
_SIZE = re.compile(r"(\d{1,5}(?:\.\d+)?) x (\d{1,5}(?:\.\d+)?)")
_USUAL = (720.0, 540.0)  # where the document does not say how large its slides are
_LONGEST_SIDE = 5  # times the other
_MOST_BLOCKS = 300
_LONGEST = 3_000  # letters of a block
_MOST_CELLS, _LONGEST_CELL = 600, 300
_COLUMNS = ("content_hash", "ordinal", "type", "text", "html", "page", "box", "level", "hidden")


class Line(BaseModel):
    """A paragraph."""

    text: str
    level: int = Field(description="Of a list item, from 1; else 0")


class SlideBlock(BaseModel):
    """What stands at one place: lines, or rows of cells."""

    kind: Literal["title", "text", "table", "image"]
    box: Box
    lines: list[Line]
    header: list[list[str]] = Field(description="Rows that name the columns of a table")
    rows: list[list[str]]


class SlideSketch(BaseModel):
    """The blocks of a slide in reading order."""

    width: float = Field(description="Points")
    height: float
    blocks: list[SlideBlock]


def is_sketched(media_type: str | None) -> bool:
    """Whether slides of such a document can be sketched."""
    row = format_of(media_type)
    return row is not None and row.name in _FORMATS


def sketch(project: Project, citation_id: str, page: int, principals: Iterable[str]) -> SlideSketch:
    """A slide, from 1, of the document of a passage that the principals may see.

    Raises `PassageGone`, `PageNotShown`, and `DocumentChanged` if the tables hold another version
    than the one that the passage was found in.
    """
    project = project.today()
    hit = passage(project, citation_id, principals=principals).hit
    if not is_sketched(hit.media_type):
        raise PageNotShown("There are no slides in this document.")
    rows = _elements(project, hit)
    if not any(row["page"] == page for row in rows):
        raise PageNotShown("There is no such slide, or nothing on it was read.")
    seen = [(box, row) for row in rows if row["hidden"] is None and (box := _box(row))]
    width, height = size_of(_size_said(project, hit), [box for box, _ in seen])
    blocks = _blocks((box, row) for box, row in seen if row["page"] == page)
    return SlideSketch(width=width, height=height, blocks=list(islice(blocks, _MOST_BLOCKS)))


def _elements(project: Project, hit: Hit) -> list[ElementRow]:
    """Of the document, in the version of the passage, in reading order."""
    version = version_of(project, hit)
    where = {"doc_id": [hit.doc_id], "content_hash": [version["content_hash"]]}
    own = Scope(hit.source, [version["bucket"]], where)
    rows = ELEMENTS.rows(project.lake.read("elements", own, _COLUMNS))
    if not rows:
        raise DocumentChanged(
            "The document has changed since it was indexed, so its slides are not shown.",
            mend="Search again after the next run.",
        )
    return sorted(rows, key=lambda row: row["ordinal"])


def _size_said(project: Project, hit: Hit) -> str | None:
    own = Scope(hit.source, where={"doc_id": [hit.doc_id], "name": ["slide_size"]})
    rows = METADATA.rows(project.lake.read("metadata", own, ["value"]))
    return rows[0]["value"] if rows else None


def size_of(said: str | None, boxes: Sequence[Box]) -> tuple[float, float]:
    """Width and height of a slide in points: as the field `slide_size` has them, else as far as the
    boxes reach."""
    match = _SIZE.fullmatch(said or "")
    width, height = map(float, match.groups()) if match else (0.0, 0.0)
    if not width or not height:
        width = max([_USUAL[0], *(box.x1 for box in boxes)])
        height = max([_USUAL[1], *(box.y1 for box in boxes)])
    return min(width, height * _LONGEST_SIDE), min(height, width * _LONGEST_SIDE)


def _box(row: ElementRow) -> Box | None:
    """None for what has no place, such as notes, and for one that cannot be drawn."""
    if row["box"] is None:
        return None
    box = Box(**row["box"])
    is_drawn = box.x0 < box.x1 and box.y0 < box.y1 and box.x1 > 0 and box.y1 > 0
    return box if is_drawn else None


def _blocks(placed: Iterable[tuple[Box, ElementRow]]) -> Iterator[SlideBlock]:
    """Paragraphs of one shape share its box."""
    for (box, kind), group in groupby(placed, key=lambda pair: (pair[0], _kind(pair[1]))):
        rows = [row for _, row in group]
        if kind == "table":
            for row in rows:
                yield _table(box, row)
        else:
            lines = [Line(text=row["text"][:_LONGEST], level=_level(row)) for row in rows]
            yield SlideBlock(kind=kind, box=box, lines=_shortened(lines), header=[], rows=[])


def _kind(row: ElementRow) -> Literal["title", "text", "table", "image"]:
    match row["type"]:
        case "Title":
            return "title"
        case "Table":
            return "table"
        case "Image":
            return "image"
    return "text"


def _level(row: ElementRow) -> int:
    return row["level"] or 1 if row["type"] == "ListItem" else 0


def _shortened(lines: Sequence[Line]) -> list[Line]:
    letters, kept = 0, list[Line]()
    for line in lines:
        if letters > _LONGEST:
            break
        kept.append(line)
        letters += len(line.text) + 1
    return kept


def _table(box: Box, row: ElementRow) -> SlideBlock:
    grid = table.read(row["text"], row["html"])
    most = max(1, _MOST_CELLS // max(grid.width, 1))
    lines = (*grid.header, *grid.body)[:most]
    cells = [[cell[:_LONGEST_CELL] for cell in line.cells[:_MOST_CELLS]] for line in lines]
    heads = len(grid.header)
    caption = [Line(text=grid.caption[:_LONGEST], level=0)] if grid.caption else []
    return SlideBlock(
        kind="table", box=box, lines=caption, header=cells[:heads], rows=cells[heads:]
    )
