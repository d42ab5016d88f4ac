"""From a sheet's cells to elements, the same for XLSX, XLS, XLSB and ODS.

A sheet is cut into regions at empty rows and columns, so that data tables side by side become
elements of their own. Cells are kept sparse, so that one at XFD1048576 costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from doclake.errors import LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.cells import long_tables
from doclake.extract.cells.cell import Cell, to_html, to_text
from doclake.extract.spreadsheet.regions import Place, Window, regions

CONCEALED = "number format shows nothing"
MAX_CELLS = 2_000_000
ROWS_PER_TABLE = 500
"""A longer region becomes several Table elements. Each begins with the rows that name columns."""
_DEEPEST = 4  # rows that name columns
_DEFAULT_NAME = re.compile(
    r"(?:sheet|시트|tabelle|feuil|hoja|foglio|лист|工作表|シート)[ _]?\d*", re.IGNORECASE
)


def address(row: int, column: int) -> str:
    """The name of a cell: `A1` for 0, 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(slots=True)
class Sheet:
    """Displayed text by (row, column), from 0. `merges` maps the first cell of a merged one to its
    (rows, columns). `concealed` holds values that do not show: (reason, text)."""

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: str | None = None
    concealed: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)

    def put(self, row: int, column: int, text: str, *, concealed: str | None = None) -> None:
        """Set a cell; `concealed` is the reason why its text does not show. Raises `LimitExceeded`
        beyond `MAX_CELLS`."""
        if text.strip():
            if len(self.cells) + len(self.concealed) >= MAX_CELLS:
                raise LimitExceeded(
                    f"Sheet {self.name!r} has more than {MAX_CELLS} cells.", limit="cells"
                )
            if concealed:
                self.concealed[row, column] = (concealed, text)
            else:
                self.cells[row, column] = text

    @property
    def has_text(self) -> bool:
        shown = self.cells or self.texts or self.captions or self.headers or self.footers
        return bool(shown or self.concealed)


def add(sheet: Sheet, number: int, blocks: Blocks) -> None:
    """Add the elements of a sheet as page `number`."""
    facts: dict[str, Any] = {"page": number, "hidden": sheet.hidden}
    for header in sheet.headers:
        blocks.add("Header", header, **facts)
    if sheet.name and not _DEFAULT_NAME.fullmatch(sheet.name) and sheet.has_text:
        blocks.add("Title", sheet.name, level=1, **facts)
    pieces = regions(sheet.cells, sheet.merges, (sheet.hidden_rows, sheet.hidden_columns))
    parts = [_Region(sheet, piece) for piece in pieces]
    for part in parts:
        part.add(blocks, facts)
    for part in parts:
        part.add_hidden(blocks, facts | {"hidden": sheet.hidden or "hidden rows or columns"})
    concealed: dict[str, list[str]] = {}
    for place in sorted(sheet.concealed):
        reason, text = sheet.concealed[place]
        concealed.setdefault(sheet.hidden or reason, []).append(text)
    for reason, texts in concealed.items():
        blocks.add("Other", "\n".join(texts), **facts | {"hidden": reason})
    for caption in sheet.captions:
        blocks.add("Caption", caption, **facts)
    for text in sheet.texts:
        blocks.add("NarrativeText", text, **facts)
    for note in sheet.notes:
        blocks.add("Annotation", note, **facts)
    for footer in sheet.footers:
        blocks.add("Footer", footer, **facts)


class _Region:
    """Cells that belong together: a data table, its title, or words typed into a sheet."""

    def __init__(self, sheet: Sheet, places: set[Place]) -> None:
        self.sheet = sheet
        self.texts = {place: sheet.cells[place] for place in places}
        self.rows, self.columns = (sorted({place[axis] for place in places}) for axis in (0, 1))
        self.shown = self._window(
            [row for row in self.rows if row not in sheet.hidden_rows],
            [column for column in self.columns if column not in sheet.hidden_columns],
        )
        self.unseen = self.texts.keys() - set(self.shown.origins.values())

    def _window(self, rows: list[int], columns: list[int]) -> Window:
        return Window(self.texts, self.sheet.merges, rows, columns)

    def add(self, blocks: Blocks, facts: dict[str, Any]) -> None:
        """Add what the screen shows of the region."""
        if not self.shown.cells:
            return
        rows, columns = self.shown.rows, self.shown.columns
        head = self.shown.row(0)
        if len(rows) > 2 and len(columns) > 1 and len(head) == 1 and len(self.shown.row(1)) > 1:
            # A single cell above a data table is its title.
            blocks.add("Title", head[0].text, level=2, **facts)
            self.shown = self._window(rows[1:], columns)
        cells = self.shown.cells
        prose = sum(len(cell.text) for cell in cells.values()) > 60 * len(cells)
        if len(columns) == 1 and (len(rows) == 1 or prose):
            for place, cell in cells.items():
                blocks.add("NarrativeText", cell.text, links=self._links([place]), **facts)
        else:
            _add_tables(self.shown.grid(), blocks, facts | {"links": self._links(cells)})

    def add_hidden(self, blocks: Blocks, facts: dict[str, Any]) -> None:
        """Add hidden rows under the names of their columns, and hidden columns beside the names of
        their rows."""
        if not self.unseen:
            return
        if not self.shown.cells:
            _add_tables(self._window(self.rows, self.columns).grid(), blocks, facts)
            return
        windows = []
        in_hidden_rows = {place for place in self.unseen if place[0] in self.sheet.hidden_rows}
        if in_hidden_rows:
            rows = sorted({row for row, _ in in_hidden_rows})
            head = [row for row in self.shown.rows[:1] if row < rows[0]]
            windows.append(self._window([*head, *rows], self.columns))
        rest = self.unseen - in_hidden_rows
        if rest:
            rows = sorted({self.shown.rows[0], *(row for row, _ in rest)})
            columns = sorted({self.shown.columns[0], *(column for _, column in rest)})
            windows.append(self._window(rows, columns))
        for window in windows:
            _add_tables(window.grid(), blocks, facts)

    def _links(self, places: Iterable[Place]) -> tuple[str, ...]:
        links = self.sheet.links
        if not links:
            return ()
        origins = (self.shown.origins[place] for place in places)
        return tuple({links[place]: None for place in origins if place in links})


def _add_tables(grid: list[list[Cell]], blocks: Blocks, facts: dict[str, Any]) -> None:
    headings = _headings(grid)
    for row in grid[:headings]:
        for cell in row:
            cell.header = True
    for part in long_tables.parts(grid, headings or 1, ROWS_PER_TABLE):
        blocks.add("Table", to_text(part), html=to_html(part), **facts)


def _headings(grid: list[list[Cell]]) -> int:
    """How many rows name the columns: the first if it has no gap, and those that divide columns
    which it names together."""
    if len(grid) < 2 or not all(cell.text for cell in grid[0]):
        return 0
    depth = max(cell.rowspan for cell in grid[0])
    divided = any(cell.colspan > 1 for cell in grid[0]) and len(grid[0]) > 1
    return depth if divided and depth < min(len(grid), _DEEPEST) else 1
