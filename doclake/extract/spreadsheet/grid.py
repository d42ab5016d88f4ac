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
from doclake.extract.cells.cell import Cell, to_html, to_text

CONCEALED = "number format shows nothing"
MAX_CELLS = 2_000_000
ROWS_PER_TABLE = 500
"""A longer region becomes several Table elements. Each begins with the region's first row."""
_MAX_GRID = 1_000_000
_MAX_FILL = 20
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
    in_hidden_lines = {
        place
        for place in sheet.cells
        if place[0] in sheet.hidden_rows or place[1] in sheet.hidden_columns
    }
    shown = sheet.cells.keys() - in_hidden_lines
    for region in _regions(shown, sheet.merges):
        _add_region(sheet, region, blocks, facts)
    if in_hidden_lines:
        rows = _compact(sheet, in_hidden_lines)
        reason = sheet.hidden or "hidden rows or columns"
        html = to_html(rows)
        blocks.add("Table", to_text(rows), html=html, **facts | {"hidden": reason})
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


Places = set[tuple[int, int]]


def _regions(places: Iterable[tuple[int, int]], merges: dict[Any, tuple[int, int]]) -> list[Places]:
    """Regions: the places cut at empty rows, then at empty columns, then both once more."""
    pieces = [set(places)]
    for axis in (0, 1, 0, 1):
        pieces = [part for piece in pieces for part in _cut(piece, axis, merges)]
    return sorted(pieces, key=lambda piece: (min(r for r, _ in piece), min(c for _, c in piece)))


def _cut(places: Places, axis: int, merges: dict[Any, tuple[int, int]]) -> list[Places]:
    """Parts along one axis, cut where a line is empty. A merged cell fills the lines it covers."""
    occupied: dict[int, set[tuple[int, int]]] = {}
    reach: dict[int, int] = {}
    for place in places:
        occupied.setdefault(place[axis], set()).add(place)
        span = merges.get(place)
        if span:
            reach[place[axis]] = max(reach.get(place[axis], 0), place[axis] + span[axis] - 1)
    parts: list[Places] = []
    end = -2
    for line in sorted(occupied):
        if line > end + 1 or not parts:
            parts.append(set())
        parts[-1] |= occupied[line]
        end = max(end, line, reach.get(line, line))
    return parts


def _add_region(sheet: Sheet, region: Places, blocks: Blocks, facts: dict[str, Any]) -> None:
    rows = sorted({row for row, _ in region})
    columns = sorted({column for _, column in region})
    head = [place for place in region if place[0] == rows[0]]
    second = sum(1 for row, _ in region if len(rows) > 1 and row == rows[1])
    if len(rows) > 2 and len(columns) > 1 and len(head) == 1 and second > 1:
        # A single cell above a data table is its title.
        blocks.add("Title", sheet.cells[head[0]], level=2, **facts)
        region = region - set(head)
        rows = rows[1:]
    if len(columns) == 1 and (len(rows) == 1 or _is_prose(sheet, region)):
        for place in sorted(region):
            blocks.add("NarrativeText", sheet.cells[place], links=_links(sheet, [place]), **facts)
        return
    if len(rows) * len(columns) > max(_MAX_GRID, _MAX_FILL * len(region)):
        grid = _compact(sheet, region)
    else:
        grid = _grid(sheet, region, rows)
    _add_tables(grid, blocks, facts | {"links": _links(sheet, region)})


def _is_prose(sheet: Sheet, region: Places) -> bool:
    """Is a single column text that somebody typed into a sheet? Then its cells are long."""
    return sum(len(sheet.cells[place]) for place in region) > 60 * len(region)


def _links(sheet: Sheet, region: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    if not sheet.links:
        return ()
    return tuple({sheet.links[place]: None for place in sorted(region) if place in sheet.links})


def _grid(sheet: Sheet, region: Places, rows: list[int]) -> list[list[Cell]]:
    """Cells for all places of the region's rectangle; a merged one has its spans."""
    first, last = min(c for _, c in region), max(c for _, c in region)
    covered: Places = set()
    grid = []
    for row in range(rows[0], rows[-1] + 1):
        cells = []
        for column in range(first, last + 1):
            place = (row, column)
            if place in covered:
                continue
            height, width = sheet.merges.get(place, (1, 1))
            height, width = min(height, rows[-1] - row + 1), min(width, last - column + 1)
            if height * width > 1 and place in region:
                covered |= {(row + i, column + j) for i in range(height) for j in range(width)}
            else:
                height = width = 1
            text = sheet.cells.get(place, "") if place in region else ""
            cells.append(Cell(text, height, width))
        grid.append(cells)
    return grid


def _compact(sheet: Sheet, places: Places) -> list[list[Cell]]:
    """Rows of the filled cells, without the empty places between them."""
    rows: dict[int, list[Cell]] = {}
    for place in sorted(places):
        rows.setdefault(place[0], []).append(Cell(sheet.cells[place]))
    return list(rows.values())


def _add_tables(grid: list[list[Cell]], blocks: Blocks, facts: dict[str, Any]) -> None:
    if len(grid) > 1 and all(cell.text for cell in grid[0]):
        for cell in grid[0]:
            cell.header = True
    head, body = grid[:1], grid[1:]
    for start in range(0, max(len(body), 1), ROWS_PER_TABLE):
        part = head + body[start : start + ROWS_PER_TABLE]
        blocks.add("Table", to_text(part), html=to_html(part), **facts)
