"""Strokes that touch, joined to networks: each may be a ruled table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doclake.extract.layout.page_tables.strokes import SNAP, Stroke


@dataclass(slots=True)
class Network:
    """Strokes that meet: horizontal and vertical ones, and the distinct places of each."""

    rows: list[Stroke]
    columns: list[Stroke]
    xs: list[float]
    ys: list[float]


def networks(across: Sequence[Stroke], down: Sequence[Stroke]) -> list[Network]:
    """Strokes that meet each other (union-find over crossings), where they may be a grid."""
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
    found = []
    for rows, columns in groups.values():
        if columns and len(rows) > 1:
            ends = [min([row.start for row in rows]), max([row.end for row in rows])]
            xs, ys = _positions(columns, ends), _positions(rows, ())
            if len(xs) > 2 and len(ys) > 2:
                found.append(Network(rows, columns, xs, ys))
    return found


def _positions(strokes: Sequence[Stroke], ends: Iterable[float]) -> list[float]:
    """Distinct places of the lines, with the ends of the crossing lines as open borders."""
    places: list[float] = []
    for place in sorted([stroke.at for stroke in strokes] + list(ends)):
        if not places or place - places[-1] > SNAP:
            places.append(place)
    return places
