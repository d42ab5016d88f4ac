"""Networks of strokes that touch: each may be a ruled table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doclake.extract.layout.page_tables.strokes import SNAP, Stroke


@dataclass(slots=True)
class Network:
    """Strokes that meet: horizontal ones (`rows`, at the distinct heights `ys`) and vertical ones
    (`columns`, at the distinct `xs`, with the ends of the rows among them)."""

    rows: list[Stroke]
    columns: list[Stroke]
    xs: list[float]
    ys: list[float]


def networks(across: Sequence[Stroke], down: Sequence[Stroke]) -> list[Network]:
    """Networks of at least two rows and two columns of cells, by union-find over crossings."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    levels = [row.at for row in across]  # ascending: `strokes` sorts them
    for j, column in enumerate(down, len(across)):
        low = bisect_left(levels, column.start - SNAP)
        for i in range(low, bisect_right(levels, column.end + SNAP)):
            row = across[i]
            if row.start - SNAP <= column.at <= row.end + SNAP:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = defaultdict(lambda: ([], []))
    for i, row in enumerate(across):
        groups[root(i)][0].append(row)
    for j, column in enumerate(down, len(across)):
        groups[root(j)][1].append(column)
    grids = []
    for rows, columns in groups.values():
        if columns and len(rows) > 1:
            ends = [min([row.start for row in rows]), max([row.end for row in rows])]
            xs, ys = _positions(columns, ends), _positions(rows, ())
            if len(xs) > 2 and len(ys) > 2:
                grids.append(Network(rows, columns, xs, ys))
    return grids


def _positions(strokes: Sequence[Stroke], ends: Iterable[float]) -> list[float]:
    """Distinct places of the strokes; `ends`, those of the strokes that cross them, count as
    borders too."""
    places: list[float] = []
    for place in sorted([stroke.at for stroke in strokes] + list(ends)):
        if not places or place - places[-1] > SNAP:
            places.append(place)
    return places
