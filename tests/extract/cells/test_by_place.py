"""Cells by their places."""

from __future__ import annotations

from doclake.extract.cells.by_place import rows
from doclake.extract.cells.cell import Cell


def texts(placed: list[list[Cell]]) -> list[list[str]]:
    return [[cell.text for cell in row] for row in placed]


def test_a_cell_keeps_its_column_where_others_are_left_out() -> None:
    cells = [(0, 0, Cell("a")), (0, 2, Cell("c")), (1, 1, Cell("b")), (3, 0, Cell("d"))]
    assert texts(rows(cells)) == [["a", "", "c"], ["", "b"], [], ["d"]]


def test_places_that_a_cell_spans_into_are_not_filled() -> None:
    cells = [(0, 0, Cell("tall", rowspan=2, colspan=2)), (0, 2, Cell("x")), (1, 3, Cell("y"))]
    assert texts(rows(cells)) == [["tall", "x"], ["", "y"]]


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    cells = [(0, 0, Cell("near")), (65_535, 65_535, Cell("far"))]
    assert texts(rows(cells)) == [["near"], ["far"]]
