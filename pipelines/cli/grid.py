"""Tables that fit the terminal: no word is cut. What does not fit stands as lines, row by row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from doclake_dagster.pipelines.cli import console

_GAP = 1  # columns between two of a tight table


def show(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    numbers: Collection[str] = (),
    title: str = "",
) -> None:
    """Print rows of cells. `numbers` are the headings of columns that hold numbers; other columns
    but the first may be broken between words."""
    wide = _table(headings, numbers)
    for row in rows:
        wide.add_row(*row)
    if title:
        console.say(title, "bold")
    if _natural_width(wide) <= console.out.width:
        console.out.print(wide)
        return
    lengths = _widths(headings, rows, numbers)
    if lengths is None:
        _show_lines(headings, rows, numbers)
        return
    tight = _table(headings, numbers, lengths)
    for row in rows:
        tight.add_row(*row)
    console.out.print(tight)


def _table(headings: Sequence[str], numbers: Collection[str], widths: Sequence[int] = ()) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0 if widths else (0, 1, 0, 0), show_edge=not widths)
    for place, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if heading in numbers else "left",
            no_wrap=heading in numbers or place == 0,
            width=widths[place] if widths else None,
        )
    return table


def _natural_width(table: Table) -> int:
    options = console.out.options.update(width=console.UNCUT)
    return console.out.measure(table, options=options).maximum


def _widths(
    headings: Sequence[str], rows: Sequence[Sequence[str | Text]], numbers: Collection[str]
) -> list[int] | None:
    """Of the columns of a tight table; None if a word would have to be cut."""
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(cell_len(str(cell)) for cell in column) for column in columns]
    least = [
        width if place == 0 or heading in numbers else _longest_word(column)
        for place, (heading, column, width) in enumerate(
            zip(headings, columns, widths, strict=True)
        )
    ]
    excess = sum(widths) + _GAP * (len(widths) - 1) - console.out.width
    for _ in range(excess):
        spare = [width - fewest for width, fewest in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            return None
        widths[spare.index(max(spare))] -= 1
    return widths


def _longest_word(cells: Sequence[str | Text]) -> int:
    return max((cell_len(word) for cell in cells for word in str(cell).split()), default=0)


def _show_lines(
    headings: Sequence[str], rows: Sequence[Sequence[str | Text]], numbers: Collection[str]
) -> None:
    for first, *others in rows:
        named = list(zip(headings[1:], others, strict=True))
        counts = [f"{cell} {name}".strip() for name, cell in named if name in numbers]
        texts = [f"{name}: {cell}" for name, cell in named if name not in numbers and str(cell)]
        console.say(f"{first}: {', '.join([*counts, *texts])}")
