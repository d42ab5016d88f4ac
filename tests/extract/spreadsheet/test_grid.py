"""Regions of sheets: what the screen shows is one table, hidden lines stand apart."""

from __future__ import annotations

from doclake.extract.builder import Blocks
from doclake.extract.spreadsheet import grid
from doclake.extract.spreadsheet.grid import Sheet
from doclake.settings import Limits


def added(sheet: Sheet) -> tuple[list[str], list[str]]:
    """Texts that the screen shows, and hidden ones."""
    blocks = Blocks("test", Limits())
    grid.add(sheet, 1, blocks)
    shown = [element.text for element in blocks.elements if not element.hidden]
    return shown, [element.text for element in blocks.elements if element.hidden]


def sheet(*rows: str) -> Sheet:
    """A sheet of rows of words; a dot is an empty cell."""
    filled = Sheet("")
    for row, words in enumerate(rows):
        for column, word in enumerate(words.split()):
            filled.put(row, column, word.replace(".", ""))
    return filled


STOCK = ("Name Code Qty Unit", "Bolt x1 2 kg", "Nut x2 3 kg", "Cord x3 4 m")


def test_a_hidden_column_leaves_one_table_and_stands_apart_with_the_names_of_its_rows() -> None:
    stock = sheet(*STOCK)
    stock.hidden_columns = {1}
    shown, hidden = added(stock)
    assert shown == ["Name\tQty\tUnit\nBolt\t2\tkg\nNut\t3\tkg\nCord\t4\tm"]
    assert hidden == ["Name\tCode\nBolt\tx1\nNut\tx2\nCord\tx3"]


def test_filtered_rows_leave_one_table_and_stand_apart_under_its_headings() -> None:
    stock = sheet(*STOCK)
    stock.hidden_rows = {1, 2}
    shown, hidden = added(stock)
    assert shown == ["Name\tCode\tQty\tUnit\nCord\tx3\t4\tm"]
    assert hidden == ["Name\tCode\tQty\tUnit\nBolt\tx1\t2\tkg\nNut\tx2\t3\tkg"]


def test_hidden_rows_and_columns_are_each_shown_once() -> None:
    stock = sheet(*STOCK)
    stock.hidden_rows, stock.hidden_columns = {2}, {1}
    shown, hidden = added(stock)
    assert shown == ["Name\tQty\tUnit\nBolt\t2\tkg\nCord\t4\tm"]
    assert hidden == [
        "Name\tCode\tQty\tUnit\nNut\tx2\t3\tkg",
        "Name\tCode\nBolt\tx1\nCord\tx3",
    ]


def test_an_empty_column_is_a_gap_and_a_hidden_empty_one_is_none() -> None:
    both = sheet("a b . c d", "e f . g h")
    assert added(both) == (["a\tb\ne\tf", "c\td\ng\th"], [])
    both.hidden_columns = {2}
    assert added(both) == (["a\tb\tc\td\ne\tf\tg\th"], [])


def test_a_merged_cell_is_shown_by_its_visible_part() -> None:
    merged = sheet("2024 . .", "Q1 Q2 Q3", "1 2 3")
    merged.merges = {(0, 0): (1, 3)}
    merged.hidden_columns = {0}
    shown, hidden = added(merged)
    assert shown == ["2024", "Q2\tQ3\n2\t3"]
    assert hidden == ["Q1\tQ2\n1\t2"]


def test_rows_that_divide_named_columns_are_headings_too() -> None:
    report = sheet("Pier 2024 .", ". Q1 Q2", "North 1 2", "South 3 4")
    report.merges = {(0, 0): (2, 1), (0, 1): (1, 2)}
    blocks = Blocks("test", Limits())
    grid.add(report, 1, blocks)
    assert (blocks.elements[0].html or "").count("<th") == 4


def test_a_label_over_more_rows_than_one_element_holds_stands_in_the_next_too() -> None:
    long = Sheet("")
    for column, name in enumerate(("Region", "Shop")):
        long.put(0, column, name)
    long.put(1, 0, "North")
    for row in range(1, 700):
        long.put(row, 1, f"shop {row}")
    long.merges = {(1, 0): (699, 1)}
    blocks = Blocks("test", Limits())
    grid.add(long, 1, blocks)
    first, second = blocks.elements
    assert second.text.startswith("Region\tShop\nNorth\tshop 501\n")
    assert '<td rowspan="500">North</td>' in (first.html or "")
    assert '<td rowspan="199">North</td>' in (second.html or "")
