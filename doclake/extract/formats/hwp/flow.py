"""What HWP 5 and HWPX have in common: paragraphs with objects in them, and how they become
elements. Both readers fill these classes, so the same document gives the same text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from doclake.extract.builder import Blocks
from doclake.extract.cells import by_place
from doclake.extract.cells.cell import Cell, is_empty, to_html, to_text
from doclake.extract.model import ElementType
from doclake.extract.text.cleaning import clean

_LONGEST_HEADING = 120
_MAX_DEPTH = 40


@dataclass(slots=True)
class TableCell:
    """One cell by its place in the grid."""

    row: int
    column: int
    rowspan: int
    colspan: int
    paragraphs: list[Paragraph]
    header: bool = False


@dataclass(slots=True)
class TableObject:
    cells: list[TableCell] = field(default_factory=list)
    caption: list[Paragraph] = field(default_factory=list)


@dataclass(slots=True)
class Story:
    """Text outside the line it belongs to: a text box, a note, a header, a comment."""

    kind: Literal["box", "caption", "note", "header", "footer", "comment", "hidden comment"]
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(slots=True)
class Picture:
    description: str


Object = TableObject | Story | Picture


@dataclass(slots=True)
class Paragraph:
    """`runs` pairs text with why it is hidden, or None; `formulas` are the places of those that are
    scripts of formulas; `objects` stand in the paragraph."""

    runs: list[tuple[str, str | None]] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    head: Literal["outline", "number", "bullet"] | None = None
    level: int = 1
    label: str = ""

    def add_formula(self, script: str) -> None:
        self.formulas.append(len(self.runs))
        self.runs.append((" ".join(script.split()), None))

    @property
    def stands_for_formulas(self) -> bool:
        """Whether a reader sees formulas in it and no text."""
        return bool(self.formulas) and not any(
            text.strip() and not hidden and place not in self.formulas
            for place, (text, hidden) in enumerate(self.runs)
        )

    @property
    def text(self) -> str:
        return "".join(text for text, hidden in self.runs if not hidden)

    @property
    def labelled(self) -> str:
        """The number of the paragraph and its text."""
        text = self.text
        return f"{self.label} {text.lstrip()}" if self.label and text.strip() else text


_STORIES: dict[str, tuple[ElementType, str | None]] = {
    "box": ("NarrativeText", None),
    "caption": ("Caption", None),
    "note": ("Footnote", None),
    "header": ("Header", None),
    "footer": ("Footer", None),
    "comment": ("Annotation", None),
    "hidden comment": ("Annotation", "hidden comment"),
}


def add(paragraphs: Iterable[Paragraph], blocks: Blocks) -> None:
    """Add the body of a document to `blocks`."""
    _Flow(blocks).paragraphs(paragraphs, 0)


class _Flow:
    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self._margins: set[tuple[str, str]] = set()

    def paragraphs(self, paragraphs: Iterable[Paragraph], depth: int) -> None:
        for paragraph in paragraphs:
            index = self._paragraph(paragraph)
            for item in paragraph.objects:
                with self.blocks.lost.part():
                    self._object(item, index, depth)

    def _paragraph(self, paragraph: Paragraph) -> int | None:
        kind: ElementType = "NarrativeText"
        level: int | None = None
        text = paragraph.text
        if paragraph.head:
            heading = paragraph.head == "outline" and len(text) <= _LONGEST_HEADING
            kind, level = ("Title" if heading else "ListItem"), paragraph.level
        index = None
        if paragraph.stands_for_formulas:
            for place in paragraph.formulas:
                self.blocks.add("Formula", paragraph.runs[place][0])
        else:
            text, links = paragraph.labelled, tuple(paragraph.links)
            index = self.blocks.add(kind, text, level=level, links=links)
        hidden: dict[str, str] = {}
        for piece, reason in paragraph.runs:
            if reason:
                hidden[reason] = hidden.get(reason, "") + piece
        for reason, piece in hidden.items():
            self.blocks.add("Other", piece, hidden=reason)
        return index

    def _object(self, item: Object, parent: int | None, depth: int) -> None:
        if isinstance(item, Picture):
            self.blocks.add("Image", item.description, parent=parent)
        elif isinstance(item, TableObject):
            self._table(item, depth)
        elif item.kind == "box" and depth < _MAX_DEPTH:
            self.paragraphs(item.paragraphs, depth + 1)
        else:
            self._story(item, parent)

    def _story(self, story: Story, parent: int | None) -> None:
        kind, hidden = _STORIES[story.kind]
        text = clean(flat(story.paragraphs))
        if story.kind in ("header", "footer"):
            # Every section repeats them; a page shows them once.
            if (story.kind, text) in self._margins:
                return
            self._margins.add((story.kind, text))
            parent = None
        self.blocks.add(kind, text, hidden=hidden, parent=parent)

    def _table(self, table: TableObject, depth: int) -> None:
        if len(table.cells) == 1 and depth < _MAX_DEPTH:
            # A frame around text: the common way to box a heading or a notice.
            self.paragraphs(table.cells[0].paragraphs, depth + 1)
            self.blocks.add("Caption", flat(table.caption))
            return
        rows = grid(table)
        caption = clean(flat(table.caption), lines=False)
        index = None
        if not is_empty(rows):
            text = "\n".join(filter(None, [caption, to_text(rows)]))
            index = self.blocks.add("Table", text, html=to_html(rows, caption))
        for cell in table.cells:
            for paragraph in cell.paragraphs:
                for item in paragraph.objects:
                    if isinstance(item, Picture) or (
                        isinstance(item, Story) and item.kind not in ("box", "caption")
                    ):
                        self._object(item, index, depth + 1)


def grid(table: TableObject) -> list[list[Cell]]:
    """Rows of cells in order; the text of a cell includes that of its objects."""
    return by_place.rows(
        (
            cell.row,
            cell.column,
            Cell(clean(flat(cell.paragraphs)), cell.rowspan, cell.colspan, cell.header),
        )
        for cell in table.cells
    )


def flat(paragraphs: Iterable[Paragraph], depth: int = 0) -> str:
    """All text of paragraphs, one line each, objects after the line they belong to."""
    lines = []
    for paragraph in paragraphs:
        lines.append(paragraph.labelled)
        for item in paragraph.objects if depth < _MAX_DEPTH else ():
            lines.append(_flat_object(item, depth + 1))
    return "\n".join(line for line in lines if line.strip())


def _flat_object(item: Object, depth: int) -> str:
    if isinstance(item, TableObject):
        return to_text(grid(item)).replace("\t", " ")
    if isinstance(item, Story) and item.kind in ("box", "caption"):
        return flat(item.paragraphs, depth)
    return ""
