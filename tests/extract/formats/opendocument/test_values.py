"""Cells of OpenDocument sheets that hold a value and no words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extract.open_document import package
from tests.extract.reading import hidden, read, said


def sheet(folder: Path, *cells: str) -> tuple[list[tuple[str, str]], dict[str, str]]:
    rows = "".join(f"<table:table-row>{cell}</table:table-row>" for cell in cells)
    body = f'<table:table table:name="S">{rows}</table:table>'
    found = read(folder, package("spreadsheet", "", body), "a.ods")
    return [part for part in said(found) if part[0] == "Table"], hidden(found)


def cell(attributes: str, inner: str = "") -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ('office:value-type="float" office:value="1234.5"', "1234.5"),
        ('office:value-type="float" office:value="3"', "3"),
        ('office:value-type="percentage" office:value="0.07"', "7%"),
        ('office:value-type="currency" office:currency="EUR" office:value="12.50"', "12.5 EUR"),
        ('office:value-type="date" office:date-value="2026-03-01"', "2026-03-01"),
        ('office:value-type="date" office:date-value="2026-03-01T00:00:00"', "2026-03-01"),
        ('office:value-type="date" office:date-value="2026-03-01T09:30:00"', "2026-03-01 09:30:00"),
        ('office:value-type="time" office:time-value="PT12H05M09S"', "12:05:09"),
        ('office:value-type="time" office:time-value="P1DT2H"', "26:00:00"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="pier"', "pier"),
        ('office:value-type="float" office:value="NaN"', "NaN"),
        ('office:value-type="time" office:time-value="noon"', "noon"),
    ],
)
def test_a_value_without_words_is_written_as_its_type_says(
    tmp_path: Path, attributes: str, shown: str
) -> None:
    words = cell("", "<text:p>Pier</text:p>")
    assert sheet(tmp_path, words + cell(attributes)) == ([("Table", f"Pier\t{shown}")], {})


def test_words_count_before_the_value_even_where_they_are_none(tmp_path: Path) -> None:
    value = 'office:value-type="float" office:value="0.5"'
    shown, empty, other = (cell(value, f"<text:p>{text}</text:p>") for text in ("half", "", "x"))
    assert sheet(tmp_path, shown + other, empty + other)[0] == [("Table", "half\tx\n\tx")]


def test_a_value_repeats_and_stands_beside_its_remark(tmp_path: Path) -> None:
    value = 'office:value-type="float" office:value="7"'
    note = "<office:annotation><text:p>checked</text:p></office:annotation>"
    row = cell(f'{value} table:number-columns-repeated="3"') + cell(value, note)
    assert sheet(tmp_path, row)[0] == [("Table", "7\t7\t7\t7")]
