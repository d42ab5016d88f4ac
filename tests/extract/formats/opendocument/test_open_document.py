"""OpenDocument files as LibreOffice writes them (see fixtures/make.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import DocumentEncrypted, DocumentMalformed
from tests.extract.open_document import SPACES, changed, fixture, package, table
from tests.extract.reading import hidden, read, said


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
    assert found.metadata["slide_size"] == "720 x 540"
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


def test_a_number_is_shown_as_the_program_that_wrote_the_file_did(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="0.666666666666667">'
    cell += "<text:p>0.6666666667</text:p></table:table-cell>"
    sheet = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    found = read(tmp_path, package("spreadsheet", "", sheet), "a.ods")
    assert [text for _, text in said(found)] == ["0.6666666667"]


def section(display: str, body: str) -> str:
    return f'<text:section text:display="{display}">{body}</text:section>'


def test_hidden_sections_and_paragraphs_stand_apart(tmp_path: Path) -> None:
    met = section('condition" text:is-hidden="true', "<text:p>b</text:p>")
    unmet = section('condition" text:is-hidden="false', "<text:p>seen</text:p>")
    field = '<text:hidden-paragraph text:is-hidden="{}"/>'
    body = section("none", "<text:p>a</text:p>" + section("true", table(["<text:p>t</text:p>"])))
    body += met + unmet + f"<text:h>{field.format('true')}c</text:h>"
    body += f"<text:p>{field.format('false')}shown"
    body += '<text:hidden-text text:is-hidden="false" text:string-value=" too"/></text:p>'
    cell = f"{section('none', '<text:p>d</text:p>')}<text:p>e</text:p>"
    body += table([cell, f"<text:p>{field.format('true')}f</text:p>"])
    found = read(tmp_path, package("text", "", body), "a.odt")
    assert said(found) == [
        ("NarrativeText", "seen"),
        ("NarrativeText", "shown too"),
        ("Table", "e"),
    ]
    no_display, by_field = "text:display=none", "hidden field"
    assert hidden(found) == {
        **dict.fromkeys(("a", "t", "b", "d"), no_display),
        **dict.fromkeys(("c", "f"), by_field),
    }


def test_white_text_in_a_cell_is_seen_on_a_dark_one_only(tmp_path: Path) -> None:
    dark = "<style:table-cell-properties fo:background-color='#1f3864'/>"
    looks = "<style:style style:name='W'><style:text-properties fo:color='#ffffff'/></style:style>"
    looks += f"<style:style style:name='D'>{dark}</style:style>"
    white = '<text:p text:style-name="W">{}</text:p>'
    rows = table([white.format("a"), white.format("b"), "<text:p>c</text:p>"])
    shown = rows.replace("<table:table-cell>", '<table:table-cell table:style-name="D">', 1)
    found = read(tmp_path, package("text", looks, shown), "a.odt")
    assert (said(found)[0][1], hidden(found)) == ("a\t\tc", {"b": "white text"})
    row = rows.replace("<table:table-row>", '<table:table-row table:style-name="D">')
    assert not hidden(read(tmp_path, package("text", looks, row), "a.odt"))


def test_slides_in_hebrew_are_read_from_the_right(tmp_path: Path) -> None:
    words = {"משקל": "2cm", "עומק": "12cm"}
    boxes = "".join(
        f'<draw:frame svg:x="{x}" svg:y="5cm" svg:width="8cm" svg:height="3cm"><draw:text-box>'
        f"<text:p>{text}</text:p></draw:text-box></draw:frame>"
        for text, x in words.items()
    )
    found = read(tmp_path, package("presentation", "", f"<draw:page>{boxes}</draw:page>"), "a.odp")
    assert [text for _, text in said(found)] == ["עומק", "משקל"]
