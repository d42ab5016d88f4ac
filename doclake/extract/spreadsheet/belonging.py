"""What belongs together across the empty rows and columns that a sheet is laid out with.

A column of values has no names of its own, so it belongs to the labels left of the gap. Rows that
begin with such values as stand above the gap, and not with a heading, go on with that table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from doclake.extract.cells import kinds

Place = tuple[int, int]
Texts = Mapping[Place, str]

_SAMPLE = 50  # rows that are looked at
_NAMING = 4  # rows, at most, that only name columns
_LABEL = 60  # characters of a line that heads a group of rows
_PROSE = 60  # characters, on average, of cells that are no table


def is_beside(left: set[Place], right: set[Place], texts: Texts, spaced: bool) -> bool:
    """Are parts on both sides of an empty column one table? `spaced`: left of another empty column
    stand the labels alone, so the columns of values may stand in groups."""
    rows = [{row for row, _ in side} for side in (left, right)]
    wide = [len({column for _, column in side}) > 1 for side in (left, right)]
    top = min(rows[1])
    if wide[0] and top > _first_of_several(left):
        return False  # words beside the body of a table are no column of it
    if not _has_labels(right, texts, wide[1]):
        may = spaced or not all(wide)
        return may and 2 * len(rows[0] & rows[1]) >= len(rows[1])
    if all(wide):
        return False
    if wide[0]:
        return rows[1] <= rows[0]
    body = {row for row in rows[0] if row >= top}
    return len(body) > 1 and body == rows[1] and not _is_prose(left, texts)


def _first_of_several(places: set[Place]) -> int:
    """The first row with more than one cell; beyond all rows, if there is none."""
    cells = Counter(row for row, _ in places)
    return min((row for row, count in cells.items() if count > 1), default=1 << 30)


def _has_labels(places: set[Place], texts: Texts, wide: bool) -> bool:
    """Does the first column hold words, or dates before other columns, below its heading?"""
    first = min(column for _, column in places)
    column = sorted(place for place in places if place[1] == first)[: _SAMPLE + 1]
    found = [kinds.kind(texts[place]) for place in column[min(1, len(column) - 1) :]]
    labels = found.count("words") + (found.count("date") if wide else 0)
    return 2 * labels >= len(found)


def _is_prose(places: set[Place], texts: Texts) -> bool:
    return sum(len(texts[place]) for place in places) > _PROSE * len(places)


def joined(pieces: Iterable[set[Place]], texts: Texts) -> list[set[Place]]:
    """The pieces, from top to bottom, each put to the table above that it goes on with. A short
    line between two rows of a table goes with them."""
    tables: list[set[Place]] = []
    looks: dict[int, _Look] = {}
    last: dict[int, int] = {}  # by column: the piece above
    lines: dict[int, list[int]] = {}  # by piece: the single cells below it
    for piece in pieces:
        tables.append(piece)
        own = len(tables) - 1
        columns = {column for _, column in piece}
        above = {last[column] for column in columns if column in last}
        table = above.pop() if len(above) == 1 else None
        if table is not None and len(piece) == 1 and _heads_rows(piece, tables[table], texts):
            lines.setdefault(table, []).append(own)
            continue
        looks[own] = _look(piece, texts)
        if table is not None and _continues(looks[table], looks[own]):
            for part in [*lines.pop(table, []), own]:
                tables[table] |= tables[part]
                tables[part] = set()
            continue
        last.update(dict.fromkeys(columns, own))
    return [piece for piece in tables if piece]


def _heads_rows(line: set[Place], table: set[Place], texts: Texts) -> bool:
    ((_, column),) = line
    is_short = all(len(texts[place]) <= _LABEL for place in line)
    return len(table) > 1 and is_short and column == min(c for _, c in table)


class _Look(NamedTuple):
    rows: Sequence[kinds.Cells]
    body: dict[int, set[kinds.Kind]]
    """What the columns hold below the first row."""


def _look(places: set[Place], texts: Texts) -> _Look:
    """The first rows of a piece that have more than one cell."""
    rows: dict[int, dict[int, str]] = {}
    for row, column in sorted(places)[: _SAMPLE * _SAMPLE]:
        rows.setdefault(row, {})[column] = texts[row, column]
    several = [cells for cells in rows.values() if len(cells) > 1][:_SAMPLE]
    return _Look(several, kinds.of_columns(several[1:]))


def _continues(table: _Look, piece: _Look) -> bool:
    """Have the rows below no names of columns, and values as the columns above have them?"""
    above, below = table.rows, piece.rows
    if not above or not below or kinds.names_columns(below):
        return False
    columns = {column for row in above for column in row}
    if not columns.issuperset(column for row in below for column in row):
        return False
    if list(below[0].values()) == list(above[0].values()):
        return False  # the headings once more
    first = kinds.of_columns(below[:1])
    if _only_names(above):
        return {"figure"} in first.values() and (len(below) > 1 or len(below[0]) > 2)
    for column, (known,) in first.items():
        others = table.body.get(column, {known})
        if known not in others and (known == "words" or others == {"words"}):
            return False
    values = {"figure", "date"}
    held = kinds.of_columns(below).items()
    return any(table.body.get(column, set()) & known & values for column, known in held)


def _only_names(rows: Sequence[kinds.Cells]) -> bool:
    """Are these the headings of a table whose body stands below? Of several rows, some divide
    columns that others name together."""
    held = kinds.of_columns(rows).values()
    divided = len(rows) == 1 or any(row.keys() != rows[0].keys() for row in rows)
    return divided and len(rows) <= _NAMING and not any("figure" in known for known in held)
