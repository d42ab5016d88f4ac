"""Tables of DOCX: every cell in its column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extract.reading import read
from tests.extract.word_package import cell, package


def table(*rows: str, look: str = "") -> str:
    return (
        f"<w:tbl><w:tblPr>{look}</w:tblPr>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    )


def table_html(folder: Path, markup: str) -> str:
    (found,) = read(folder, package(markup), "a.docx").elements
    return found.html or ""


def test_a_row_that_begins_later_or_ends_earlier_keeps_its_columns(tmp_path: Path) -> None:
    before, after = (f'<w:trPr><w:grid{side} w:val="1"/></w:trPr>' for side in ("Before", "After"))
    markup = table(
        before + cell("B1") + cell("C1"),
        cell("A2") + cell("B2") + cell("C2"),
        after + cell("A3") + cell("B3"),
    )
    assert table_html(tmp_path, markup) == (
        "<table><tr><td></td><td>B1</td><td>C1</td></tr>"
        "<tr><td>A2</td><td>B2</td><td>C2</td></tr>"
        "<tr><td>A3</td><td>B3</td><td></td></tr></table>"
    )


def test_a_label_beside_a_row_that_begins_later_still_spans_its_rows(tmp_path: Path) -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    before = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    markup = table(
        cell("A1") + cell("North", restart) + cell("1"), before + cell("", goes_on) + cell("2")
    )
    assert table_html(tmp_path, markup) == (
        '<table><tr><td>A1</td><td rowspan="2">North</td><td>1</td></tr>'
        "<tr><td></td><td>2</td></tr></table>"
    )


def test_deleted_rows_and_cells_are_gone(tmp_path: Path) -> None:
    gone, cell_gone = "<w:trPr><w:del/></w:trPr>", "<w:cellDel/>"
    markup = table(
        gone + cell("") * 2,
        cell("A") + cell("", cell_gone) + cell("B"),
        cell("", cell_gone) * 2,
        "<w:trPr><w:ins/></w:trPr>" + cell("C") + cell("D"),
    )
    expected = "<table><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>"
    assert table_html(tmp_path, markup) == expected


def test_cells_merged_the_old_way_span_columns(tmp_path: Path) -> None:
    restart, goes_on = '<w:hMerge w:val="restart"/>', '<w:hMerge w:val="continue"/>'
    markup = table(cell("wide", restart) + cell("", goes_on) + cell("c"), cell("a") + cell("b") * 2)
    assert '<td colspan="2">wide</td><td>c</td>' in table_html(tmp_path, markup)


@pytest.mark.parametrize("look", ['w:val="04A0"', 'w:firstRow="1"'])
def test_a_first_row_that_its_style_sets_apart_names_the_columns(tmp_path: Path, look: str) -> None:
    markup = table(
        cell("Pier") + cell("Depth"), cell("North") + cell("9"), look=f"<w:tblLook {look}/>"
    )
    assert table_html(tmp_path, markup).count("<th>") == 2
