"""Tables of OpenDocument: what stands in their cells, and what hangs on them."""

from __future__ import annotations

from pathlib import Path

from tests.extract.open_document import SPACES, changed, fixture, package, table
from tests.extract.reading import hidden, read, said


def test_what_hangs_on_a_cell_stands_after_the_table(tmp_path: Path) -> None:
    hiding = (
        '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    )
    note = "<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note>"
    comment = "<office:annotation><dc:creator>Ann</dc:creator><dc:date>2020</dc:date>"
    comment += "<text:p>a comment</text:p></office:annotation>"
    frame = "<draw:frame><svg:title>a picture</svg:title><draw:text-box><text:p>a box</text:p>"
    frame += "</draw:text-box></draw:frame>"
    inner = table(["<text:p>inner one</text:p>", "<text:p>inner two</text:p>"])
    rows = [
        [f"<text:p>A1{note}</text:p>", f"<text:p>B1{comment}</text:p>"],
        ['<text:p>A2<text:span text:style-name="H">unseen</text:span></text:p>', frame],
        ["<text:p>A3</text:p>", f"<text:p>before</text:p>{inner}<text:p>behind</text:p>"],
    ]
    found = read(tmp_path, package("text", hiding, table(*rows)), "a.odt")
    assert said(found) == [
        ("Table", "A1\tB1\nA2\ta box\nA3\tbefore inner one inner two behind"),
        ("Footnote", "a note"),
        ("Annotation", "Ann: a comment"),
    ]
    assert hidden(found) == {"unseen": "text:display=none"}
    assert found.elements[2].parent == 0


def test_items_of_lists_in_cells_show_their_numbers_and_their_notes_none(tmp_path: Path) -> None:
    numbers = '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    numbers += 'style:num-format="1" style:num-suffix="."/></text:list-style>'
    note = "<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note>"
    items = f"<text:list-item><text:p>one{note}</text:p></text:list-item>"
    items += "<text:list-item><text:p>two</text:p></text:list-item>"
    listed = f'<text:list text:style-name="L">{items}</text:list>'
    found = read(tmp_path, package("text", numbers, listed + table([listed, ""])), "a.odt")
    assert said(found) == [
        ("ListItem", "1. one"),
        ("Footnote", "a note"),
        ("ListItem", "2. two"),
        ("Table", "1. one 2. two"),
        ("Footnote", "a note"),
    ]


def table_html(folder: Path, rows: str) -> str:
    body = f"<office:text><table:table>{rows}</table:table></office:text>"
    content = f"<office:document-content {SPACES}><office:body>{body}</office:body>"
    data = changed(
        fixture("text.odt"), "content.xml", f"{content}</office:document-content>".encode()
    )
    found = read(folder, data, "a.odt")
    return next(element.html or "" for element in found.elements if element.type == "Table")


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def test_cells_and_rows_that_stand_for_several_are_all_there(tmp_path: Path) -> None:
    twice = 'table:number-columns-repeated="2"'
    head = f"<table:table-header-rows>{row(cell('H', twice))}</table:table-header-rows>"
    rows = (
        head
        + row(f"<table:table-cell {twice}/>" + cell("x"))
        + row(cell("a") + cell("b"), 'table:number-rows-repeated="2"')
    )
    assert table_html(tmp_path, rows) == (
        "<table><tr><th>H</th><th>H</th></tr><tr><td></td><td></td><td>x</td></tr>"
        "<tr><td>a</td><td>b</td></tr><tr><td>a</td><td>b</td></tr></table>"
    )


def test_a_cell_repeated_a_billion_times_costs_nothing(tmp_path: Path) -> None:
    many = 'table:number-columns-repeated="999999999"'
    rows = row(cell("long " * 2000, many) + f"<table:table-cell {many}/>" + cell("end"))
    html = table_html(tmp_path, rows)
    assert len(html) < 2_000_000
    assert html.endswith("<td>end</td></tr></table>")
