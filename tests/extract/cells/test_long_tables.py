"""Long tables in parts."""

from __future__ import annotations

from doclake.extract.cells.cell import Cell, to_html, to_text
from doclake.extract.cells.long_tables import parts


def test_a_cell_that_spans_rows_of_several_parts_stands_in_each() -> None:
    rows = [[Cell("Region", header=True), Cell("Shop", header=True)]]
    rows += [
        [Cell("North", rowspan=5), Cell("shop 0")],
        *([Cell(f"shop {n}")] for n in range(1, 5)),
    ]
    rows += [[Cell("South"), Cell("shop 5")]]
    first, second, third = parts(rows, 1, 2)
    assert to_text(first) == "Region\tShop\nNorth\tshop 0\nshop 1"
    assert to_html(second) == (
        "<table><tr><th>Region</th><th>Shop</th></tr>"
        '<tr><td rowspan="2">North</td><td>shop 2</td></tr><tr><td>shop 3</td></tr></table>'
    )
    assert to_text(third) == "Region\tShop\nNorth\tshop 4\nSouth\tshop 5"


def test_a_short_table_is_one_part() -> None:
    rows = [[Cell("a")], [Cell("b")]]
    assert list(parts(rows, 1, 500)) == [rows]
