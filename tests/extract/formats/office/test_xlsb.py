"""XLSB, written by hand (see binary_workbook.py)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from doclake.errors import DocumentEmpty, DocumentMalformed, ParserOutOfMemory
from doclake.extract.extractor import Document, Extractor
from doclake.settings import Limits
from tests.extract.binary_workbook import DATE, MOMENT, Sheet, binary_workbook
from tests.extract.reading import hidden, read, said

PIERS = Sheet(
    "Piers",
    [
        ["Pier", "Depth", "Opened", "Seen", "Open"],
        ["가람", 9.5, (45360, DATE), (45360.75, MOMENT), True],
        ["Maru", 12.0, (45361, DATE), (45361.0, MOMENT), False],
    ],
)


def test_a_binary_workbook_shows_values_dates_and_names_of_sheets(tmp_path: Path) -> None:
    data = binary_workbook(PIERS, Sheet("Sheet2", [["more"]]))
    found = read(tmp_path, data, "a.xlsb")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Title", 1, "Piers"),
        (
            "Table",
            1,
            "Pier\tDepth\tOpened\tSeen\tOpen\n"
            "가람\t9.5\t2024-03-09\t2024-03-09 18:00:00\tTRUE\n"
            "Maru\t12\t2024-03-10\t2024-03-10\tFALSE",
        ),
        ("NarrativeText", 2, "more"),
    ]
    assert {element.method for element in found.elements} == {"calamine"}
    assert (found.title, found.pages, found.pages_with_text) == ("Harbour", 2, 2)
    assert found.metadata == {"author": "가람"}


@pytest.mark.parametrize("state", [1, 2])
def test_sheets_that_nobody_sees_stand_apart(tmp_path: Path, state: int) -> None:
    data = binary_workbook(PIERS, Sheet("Depths", [["nine"]], state))
    found = read(tmp_path, data, "a.xlsb")
    assert set(hidden(found)) == {"Depths", "nine"}
    assert ("Title", "Piers") in said(found)


def test_values_stand_in_the_columns_where_they_are(tmp_path: Path) -> None:
    """calamine leaves out the columns before the first value, a sheet knows its places."""
    data = binary_workbook(Sheet("Sheet1", [["", "", "c"], ["", "", "d"], [], ["", "", "f"]]))
    found = read(tmp_path, data, "a.xlsb")
    assert [text for _, text in said(found)] == ["c\nd", "f"]


def test_a_workbook_without_values_is_empty(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        read(tmp_path, binary_workbook(Sheet("Nothing")), "a.xlsb")


def test_what_calamine_panics_at_is_a_malformed_document(tmp_path: Path) -> None:
    data = binary_workbook(PIERS, damaged=True)
    with pytest.raises(DocumentMalformed, match="The workbook cannot be read"):
        read(tmp_path, data, "a.xlsb")


def test_a_sheet_too_wide_for_memory_fails_as_that(document: Callable[..., Document]) -> None:
    """calamine holds every cell between the first and the last, and Rust aborts without memory."""
    data = binary_workbook(Sheet("Sheet1", [["first"]], corner="last"))
    with Extractor(Limits(memory_mb=256), workers=1) as extractor:
        ((failed,),) = extractor.extract([document(data, "a.xlsb")])
    assert type(failed.error) is ParserOutOfMemory


def test_a_number_without_a_format_has_ten_digits_as_in_its_cell(tmp_path: Path) -> None:
    data = binary_workbook(Sheet("Sheet1", [[2 / 3], [1234.567890123], [123456789012.0]]))
    found = read(tmp_path, data, "a.xlsb")
    assert [text for _, text in said(found)] == ["0.666666667\n1234.56789\n123456789012"]
