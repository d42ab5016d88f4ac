"""OpenDocument files as LibreOffice writes them (see fixtures/make.py)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentEncrypted, DocumentMalformed
from tests.extract.reading import hidden, read, said

FIXTURES = Path(__file__).parents[2] / "fixtures"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def changed(data: bytes, member: str, content: bytes | None) -> bytes:
    """The package with a member replaced, or without it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            if item.filename != member:
                new.writestr(item, old.read(item))
            elif content is not None:
                new.writestr(item, content)
    return out.getvalue()


def test_a_text_keeps_headings_lists_tables_and_headers(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("text.odt"), "a.odt")
    assert said(found) == [
        ("Header", "Harbour office"),
        ("Title", "Harbour"),
        ("NarrativeText", "The harbour closes at noon."),
        ("Title", "이용 시간"),
        ("NarrativeText", "항구는 정오에 문을 닫는다."),
        ("ListItem", "Bring a lamp"),
        ("ListItem", "Bring a rope"),
        ("Table", "Pier\tDepth\n가람\t9 m"),
        ("NarrativeText", "Seen."),
    ]
    assert [e.level for e in found.elements if e.type == "Title"] == [1, 2]
    assert found.title == "항구 안내"
    assert hidden(found) == {"Unseen words.": "text:display=none"}


def test_a_presentation_keeps_slides_boxes_and_notes(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("deck.odp"), "a.odp")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Title", 1, "Harbour"),
        ("ListItem", 1, "The harbour closes at noon"),
        ("Annotation", 1, "Speak slowly here."),
        ("Title", 2, "이용 시간"),
        ("NarrativeText", 2, "항구는 정오에 문을 닫는다"),
    ]
    assert (found.pages, found.pages_with_text) == (2, 2)
    left, top, right, bottom = found.elements[-1].bbox or (0, 0, 0, 0)
    assert (left, top) == pytest.approx((56.7, 141.7), abs=40)  # 2 cm and 5 cm, in points
    assert right > left and bottom > top


def test_sheets_show_what_a_reader_sees(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("book.ods"), "a.ods")
    assert said(found) == [
        ("Title", "Piers"),
        ("Table", "Pier\tOpened\tShare\n가람\t2024-03-09\t25.0%\nClosed on Mondays"),
    ]
    assert 'colspan="3"' in (found.elements[1].html or "")
    assert hidden(found) == {
        "Hidden": "hidden sheet",
        "Unseen\twords\nin\there": "hidden sheet",
    }


def test_encrypted_and_broken_packages_are_typed_failures(tmp_path: Path) -> None:
    data = fixture("text.odt")
    locked = b'<manifest xmlns="m"><file-entry><encryption-data/></file-entry></manifest>'
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, changed(data, "META-INF/manifest.xml", locked), "a.odt")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, changed(data, "content.xml", b"<broken"), "a.odt")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, changed(data, "content.xml", None), "a.odt")


LISTS = """<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:s="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><o:automatic-styles>
<t:list-style s:name="L"><t:list-level-style-number t:level="1" s:num-suffix="." s:num-format="1"/>
<t:list-level-style-number t:level="2" s:num-suffix=")" s:num-format="a" t:display-levels="2"/>
</t:list-style>
<t:list-style s:name="B"><t:list-level-style-bullet t:level="1" t:bullet-char="x"/></t:list-style>
</o:automatic-styles><o:body><o:text>
<t:list xml:id="i" t:style-name="L"><t:list-item><t:p>one</t:p><t:list>
<t:list-item><t:p>inner</t:p><t:p>goes on</t:p></t:list-item></t:list></t:list-item></t:list>
<t:list t:style-name="B"><t:list-item><t:p>dot</t:p></t:list-item></t:list>
<t:list t:style-name="L" t:continue-list="i"><t:list-item><t:p>two</t:p></t:list-item>
<t:list-item t:start-value="7"><t:p>seven</t:p></t:list-item></t:list>
<t:list t:style-name="L"><t:list-item><t:p>anew</t:p></t:list-item></t:list>
</o:text></o:body></o:document-content>"""


def test_items_of_lists_show_their_numbers(tmp_path: Path) -> None:
    data = changed(fixture("text.odt"), "content.xml", LISTS.encode())
    items = [text for kind, text in said(read(tmp_path, data, "a.odt")) if kind == "ListItem"]
    assert items == ["1. one", "1.a) inner", "goes on", "dot", "2. two", "7. seven", "1. anew"]


OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style", "chart")
)
SPACES += f' xmlns:draw="{OASIS}:drawing:1.0" xmlns:fo="{OASIS}:xsl-fo-compatible:1.0"'
SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
SPACES += f' xmlns:presentation="{OASIS}:presentation:1.0"'
SPACES += f' xmlns:svg="{OASIS}:svg-compatible:1.0"'


def package(kind: str, styles: str, body: str, **parts: str) -> bytes:
    """A document of a kind (`text`, `spreadsheet` ...); `parts` are objects in it."""
    content = f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
    content += f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", f"{content}</office:body></office:document-content>")
        for name, part in parts.items():
            archive.writestr(f"{name}/content.xml", part)
    return out.getvalue()


def table(*rows: list[str]) -> str:
    cells = (
        "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in rows
    )
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    return f"<table:table>{inner}</table:table>"


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


CHART = f"""<office:document-content {SPACES}><office:body><office:chart><chart:chart>
<chart:title><text:p>Catch</text:p></chart:title>
<chart:plot-area><chart:axis><chart:title><text:p>tons</text:p></chart:title></chart:axis>
</chart:plot-area>{
    table(["<text:p/>", "<text:p>Boats</text:p>"], ["<text:p>East</text:p>", "<text:p>3</text:p>"])
}
</chart:chart></office:chart></office:body></office:document-content>"""
FORMULA = """<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mi>a</mi>
<annotation encoding="StarMath 5.0">a over b</annotation></semantics></math>"""
OBJECT = '<draw:frame><draw:object xlink:href="./{}"/></draw:frame>'


def test_charts_and_formulas_say_what_they_show(tmp_path: Path) -> None:
    page = f"<draw:page>{OBJECT.format('Chart')}{OBJECT.format('Formula')}</draw:page>"
    deck = package("presentation", "", page, Chart=CHART, Formula=FORMULA)
    found = read(tmp_path, deck, "a.odp")
    assert said(found) == [("Table", "Catch\n\tBoats\nEast\t3"), ("Formula", "a over b")]
    assert found.elements[0].page == found.pages_with_text == 1
    body = f"<text:p>{OBJECT.format('Chart')}</text:p>{table([OBJECT.format('Formula')])}"
    text = package("text", "", body, Chart=CHART, Formula=FORMULA)
    assert said(read(tmp_path, text, "a.odt")) == [
        ("Table", "Catch\n\tBoats\nEast\t3"),
        ("Table", "a over b"),
    ]
    sheet = table(["<text:p>x</text:p>", OBJECT.format("Chart")])
    book = package("spreadsheet", "", sheet, Chart=CHART)
    assert ("Caption", "Catch") in said(read(tmp_path, book, "a.ods"))


LOOKS = """<style:style style:name="White"><style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="Tiny"><style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="Blue"><style:table-cell-properties fo:background-color="#0000ff"/>
<style:paragraph-properties fo:background-color="#0000ff"/></style:style>
<style:style style:name="WhiteOnBlue" style:parent-style-name="Blue">
<style:text-properties fo:color="#ffffff"/></style:style>"""


def test_white_text_shows_on_a_painted_paragraph_and_on_no_other(tmp_path: Path) -> None:
    span = '<text:span text:style-name="White">{}</text:span>'
    body = f'<text:p text:style-name="Blue">on blue {span.format("shown")}</text:p>'
    body += '<text:p text:style-name="WhiteOnBlue">all</text:p>'
    body += f"<text:p>{span.format('unseen')}</text:p>"
    found = read(tmp_path, package("text", LOOKS, body), "a.odt")
    assert [text for _, text in said(found)] == ["on blue shown", "all"]
    assert hidden(found) == {"unseen": "white text"}


def test_white_and_tiny_cells_stand_apart_unless_their_ground_is_painted(tmp_path: Path) -> None:
    def cell(words: str, style: str = "") -> str:
        name = f' table:style-name="{style}"' if style else ""
        return f"<table:table-cell{name}><text:p>{words}</text:p></table:table-cell>"

    columns = '<table:table-column table:default-cell-style-name="Blue"/>'
    columns += '<table:table-column table:default-cell-style-name="White"/>'
    span = '<text:span text:style-name="White">ink</text:span>'
    row = cell(f"blue {span}") + cell("by column") + cell("own", "White") + cell("small", "Tiny")
    row += cell("words", "WhiteOnBlue") + cell(f"part {span}")
    sheet = f"<table:table>{columns}<table:table-row>{row}</table:table-row></table:table>"
    found = read(tmp_path, package("spreadsheet", LOOKS, sheet), "a.ods")
    assert [text for _, text in said(found)] == ["blue ink", "words\tpart"]
    assert hidden(found) == {"by column\nown\nink": "white text", "small": "tiny text"}


def test_the_footer_of_a_slide_is_read(tmp_path: Path) -> None:
    body = '<presentation:footer-decl presentation:name="f">대외비</presentation:footer-decl>'
    body += '<draw:page presentation:use-footer-name="f"/><draw:page/>'
    found = read(tmp_path, package("presentation", "", body), "a.odp")
    assert [(e.type, e.page, e.text) for e in found.elements] == [("Footer", 1, "대외비")]
    assert (found.pages, found.pages_with_text) == (2, 1)


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


FORM = f'xmlns:form="{OASIS}:form:1.0"'
FIELD = 'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"'
CONTROLS = (
    '<form:checkbox form:id="c1" form:label="insured" form:current-state="checked"/>'
    '<form:checkbox form:id="c2" form:label="abroad"/>'
    '<form:radio form:id="c3" form:label="by sea" form:current-selected="true"/>'
    '<form:listbox form:id="c4"><form:option form:label="one"/>'
    '<form:option form:label="two" form:current-selected="true"/></form:listbox>'
    '<form:text form:id="c5" form:current-value="Aurora"/>'
    '<form:textarea form:id="c6"><text:p>first</text:p></form:textarea>'
)


def test_controls_of_forms_show_what_was_chosen(tmp_path: Path) -> None:
    forms = f"<office:forms {FORM}><form:form>{CONTROLS}</form:form></office:forms>"
    inline = "".join(f'<draw:control draw:control="c{n}"/> ' for n in (1, 2))
    body = f"{forms}<text:p>{inline}by post</text:p>"
    body += "".join(f'<draw:control draw:control="c{n}"/>' for n in (3, 4, 5, 6))
    assert said(read(tmp_path, package("text", "", body), "a.odt")) == [
        ("NarrativeText", "☒ insured ☐ abroad by post"),
        ("FormField", "◉ by sea"),
        ("FormField", "two"),
        ("FormField", "Aurora"),
        ("FormField", "first"),
    ]


def test_fields_that_came_from_word_forms_show_their_values(tmp_path: Path) -> None:
    def mark(kind: str, *values: tuple[str, str]) -> str:
        inner = "".join(
            f'<field:param field:name="{name}" field:value="{value}"/>' for name, value in values
        )
        kind = f"vnd.oasis.opendocument.field.{kind}"
        return f'<field:fieldmark {FIELD} field:type="{kind}">{inner}</field:fieldmark>'

    entries = [("Dropdown_ListEntry", "one"), ("Dropdown_ListEntry", "two")]
    ticked = mark("FORMCHECKBOX", ("Checkbox_Checked", "true"))
    chosen = mark("FORMDROPDOWN", *entries, ("Dropdown_Selected", "1"))
    body = f"<text:p>{ticked} insured {mark('FORMCHECKBOX')} abroad {chosen}</text:p>"
    found = said(read(tmp_path, package("text", "", body), "a.odt"))
    assert found == [("NarrativeText", "☒ insured ☐ abroad two")]


def test_spans_stand_in_their_fonts_raised_and_lowered(tmp_path: Path) -> None:
    fonts = "<style:font-face style:name='W1' svg:font-family=\"'Wingdings'\"/>"
    styles = fonts + "".join(
        f"<style:style style:name='{name}'><style:text-properties {look}/></style:style>"
        for name, look in (
            ("W", "style:font-name='W1'"),
            ("U", "style:text-position='super 58%'"),
            ("D", "style:text-position='-33% 58%'"),
        )
    )

    def span(style: str, text: str) -> str:
        return f'<text:span text:style-name="{style}">{text}</text:span>'

    tick = "\uf0fe"
    body = f"<text:p>{span('W', tick)} 10{span('U', '6')} H{span('D', '2')}O</text:p>"
    body += '<text:p text:style-name="W">\uf0a8 no</text:p>'
    found = said(read(tmp_path, package("text", styles, body), "a.odt"))
    assert [text for _, text in found] == ["☑ 10^6 H2O", "☐ no"]


def test_shapes_of_a_slide_are_read_by_place(tmp_path: Path) -> None:
    def box(words: str, x: int, y: int) -> str:
        place = f'svg:x="{x}cm" svg:y="{y}cm" svg:width="9cm" svg:height="3cm"'
        inner = f"<draw:text-box><text:p>{words}</text:p></draw:text-box>"
        return f"<draw:frame {place}>{inner}</draw:frame>"

    shapes = box("bottom", 1, 15) + box("right", 14, 6) + box("left", 1, 6) + box("top", 1, 1)
    page = f"<draw:page>{shapes}</draw:page>"
    found = said(read(tmp_path, package("presentation", "", page), "a.odp"))
    assert [text for _, text in found] == ["top", "left", "right", "bottom"]
