"""Empty rows and columns that lay a sheet out do not part a table; others part two."""

from __future__ import annotations

import pytest

from doclake.extract.builder import Blocks
from doclake.extract.spreadsheet import grid
from doclake.extract.spreadsheet.grid import Sheet
from doclake.settings import Limits


def elements(drawn: str) -> list[str]:
    """What a sheet gives, drawn with a line for each row, two spaces between cells, and a dot for
    an empty one. Headings stand in brackets."""
    sheet = Sheet("")
    for row, line in enumerate(drawn.strip().splitlines()):
        for column, text in enumerate(line.strip().split("  ")):
            sheet.put(row, column, text.strip().removesuffix("."))
    blocks = Blocks("test", Limits())
    grid.add(sheet, 1, blocks)
    return [
        f"[{e.text.replace(chr(10), ']', 1)}" if "<th>" in (e.html or "") else e.text
        for e in blocks.elements
    ]


def test_columns_of_values_belong_to_the_labels_beyond_a_spacer() -> None:
    assert elements("""
        Income
        USD m  .  2023  .  2022
        Revenue  .  100  .  90
        Assets
        Costs  .  -60  .  (55)
        .
        Profit  .  40  .  35
        """) == [
        "Income",
        "[USD m\t2023\t2022]Revenue\t100\t90\nAssets\nCosts\t-60\t(55)\nProfit\t40\t35",
    ]
    # Values may stand in groups, and the corner above the labels may be empty.
    assert elements("""
        .  .  Q1  Q2  .  Q3  Q4
        Sales  .  1  2  .  3  4
        Costs  .  5  6  .  7  8
        """) == ["\tQ1\tQ2\tQ3\tQ4\nSales\t1\t2\t3\t4\nCosts\t5\t6\t7\t8"]
    assert elements("""
        Pier  Depth  .  Remark
        North  9.5  .  .
        South  4  .  dredged
        """) == ["[Pier\tDepth\tRemark]North\t9.5\nSouth\t4\tdredged"]
    assert elements("""
        Pier  .  Keeper
        North  .  Kim
        South  .  Lee
        """) == ["[Pier\tKeeper]North\tKim\nSouth\tLee"]


@pytest.mark.parametrize(
    "drawn",
    [
        "Name  Qty  .  City  Pop\nPen  1  .  Seoul  9\nCup  2  .  Busan  3",
        "Year  Sales  .  Year  Sales\n2020  5  .  2021  6\n2022  7  .  2023  8",
        "No  Name  .  No  Name\n1  Kim  .  3  Lee\n2  Ann  .  4  Bo",
        "Fruit  .  Colour\napple  .  red\nplum  .  blue\npear  .  .",
        "Name  Qty  .  .\nPen  1  .  .\nCup  2  .  see below\nInk  3  .  .",
        "Name  .  .  Qty\nPen  .  .  1\nCup  .  .  2",
    ],
)
def test_what_stands_beside_a_table_by_itself_stays_apart(drawn: str) -> None:
    assert len(elements(drawn)) == 2


def test_rows_below_empty_ones_go_on_with_the_table_above() -> None:
    assert elements("""
        Order  Amount  Mark
        A0  5  x
        A1  15  x
        .
        B0  n/a  y
        B1  10  y
        .
        by hand
        .
        C1  20  z
        .
        total  50
        """) == [
        "[Order\tAmount\tMark]A0\t5\tx\nA1\t15\tx\nB0\tn/a\ty\nB1\t10\ty\n"
        "by hand\nC1\t20\tz\ntotal\t50"
    ]


def test_headings_above_an_empty_row_are_those_of_the_rows_below() -> None:
    assert elements("USD m  2023  2022\n.\nAssets\nCash  5  4\nStock  6  5") == [
        "[USD m\t2023\t2022]Assets\nCash\t5\t4\nStock\t6\t5"
    ]
    # Two rows of headings.
    assert elements("Pier  Ships  .\n.  in  out\n.\nNorth  5  4\nSouth  6  5") == [
        "Pier\tShips\n\tin\tout\nNorth\t5\t4\nSouth\t6\t5"
    ]


def test_tables_side_by_side_each_go_on_below_empty_rows() -> None:
    drawn = "Name  Qty  .  City  Pop\nPen  1  .  Seoul  9\n.\nCup  2  .  Busan  3"
    assert elements(drawn) == ["[Name\tQty]Pen\t1\nCup\t2", "[City\tPop]Seoul\t9\nBusan\t3"]


@pytest.mark.parametrize(
    "below",
    [
        "Pier  Depth\nNorth  9\nSouth  4",  # figures under words
        "EUR m  2024\nNorth  9\nSouth  4",  # and under years
        "Pier  Keeper\nNorth  Kim\nSouth  Lee",  # words under words: nobody can tell
        "Pen  3  kg\nCup  4  kg",  # more columns
        "Name  Qty\nInk  2\nNib  3",  # the same headings
        "7  Pen\n8  Cup",  # other values
        "checked by  Kim",
        "a remark",
    ],
)
def test_what_begins_with_a_heading_of_its_own_or_other_values_stays_apart(below: str) -> None:
    first, second = elements(f"Name  Qty\nPen  1\nCup  2\n.\n{below}")
    assert first == "[Name\tQty]Pen\t1\nCup\t2"
    assert second.lstrip("[").replace("]", "\n") == below.replace("  ", "\t")


def test_a_form_is_no_heading_of_what_stands_below() -> None:
    assert len(elements("Customer  Kim\nPlace  Seoul\n.\nPen  5\nCup  3")) == 2
    assert len(elements("Date  noon\n.\nTotal  60")) == 2
