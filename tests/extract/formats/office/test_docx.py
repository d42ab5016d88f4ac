"""DOCX: what python-docx can write, and what only XML can."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from tests.extract.reading import hidden, read, said

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def package(body: str, doctype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        xml = f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def test_headings_lists_and_tables(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("Chapter", 2)
    document.add_paragraph("Prose")
    document.add_paragraph("item", style="List Bullet")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).text, table.cell(1, 1).text = "a", "b"
    document.sections[0].header.paragraphs[0].text = "running head"
    out = io.BytesIO()
    document.save(out)
    found = read(tmp_path, out.getvalue(), "a.docx")
    assert said(found) == [
        ("Header", "running head"),
        ("Title", "Chapter"),
        ("NarrativeText", "Prose"),
        ("ListItem", "item"),
        ("Table", "wide\na\tb"),
    ]
    assert found.elements[1].level == 2
    assert 'colspan="2"' in (found.elements[-1].html or "")


def test_inserted_text_is_text_and_deleted_text_is_not(tmp_path: Path) -> None:
    body = "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
    body += "<w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
    assert said(read(tmp_path, package(body), "a.docx")) == [("NarrativeText", "new")]


def test_hidden_runs_stand_apart(tmp_path: Path) -> None:
    white = '<w:color w:val="FFFFFF"/>'
    body = paragraph("seen") + paragraph("gone", "<w:vanish/>") + paragraph("white", white)
    found = read(tmp_path, package(body), "a.docx")
    assert hidden(found) == {"gone": "w:vanish", "white": "white text"}
    assert said(found) == [("NarrativeText", "seen")]


def test_entity_bombs_are_refused_and_external_entities_not_read(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(LimitExceeded):
        read(tmp_path, package(paragraph("&b;"), bomb), "a.docx")
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    found = read(tmp_path, package(paragraph("in &a; out"), outside), "a.docx")
    assert said(found) == [("NarrativeText", "in out")]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


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
