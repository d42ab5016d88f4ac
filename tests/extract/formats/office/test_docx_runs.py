"""Text of DOCX paragraphs: symbols, fields, word art, powers."""

from __future__ import annotations

from pathlib import Path

from doclake.extract.formats.office.package import W
from tests.extract.reading import hidden, read, said
from tests.extract.word_package import cell, package, runs, words


def only_text(folder: Path, body: str) -> str:
    return "\n".join(text for _, text in said(read(folder, package(body), "a.docx")))


def test_glyphs_of_symbol_fonts_are_the_characters_they_show(tmp_path: Path) -> None:
    wingdings = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    body = runs(
        ("", '<w:sym w:font="Wingdings" w:char="F0FE"/>' + words(" yes ")),
        (wingdings, words("\uf0a8")),
        ("", words(" no 20 ") + '<w:sym w:font="Symbol" w:char="F0B0"/>' + words("C ")),
        ('<w:rFonts w:ascii="Symbol"/>', words("a")),
        ("", words(" end") + '<w:sym w:font="Nobody Knows" w:char="F041"/>'),
    )
    assert only_text(tmp_path, body) == "☑ yes ☐ no 20 °C α end"


def mark(kind: str, data: str = "") -> str:
    return f'<w:fldChar w:fldCharType="{kind}">{data}</w:fldChar>'


def test_form_fields_show_their_values(tmp_path: Path) -> None:
    entries = "".join(f'<w:listEntry w:val="{name}"/>' for name in ("one", "two"))
    box = "<w:ffData><w:checkBox><w:default w:val='{}'/>{}</w:checkBox></w:ffData>"
    end = mark("end")
    body = runs(
        ("", mark("begin", box.format(0, "<w:checked/>")) + end + words(" insured ")),
        ("", mark("begin", box.format(0, "")) + end + words(" abroad ")),
        (
            "",
            mark(
                "begin", f"<w:ffData><w:ddList><w:result w:val='1'/>{entries}</w:ddList></w:ffData>"
            )
            + end,
        ),
        ("", mark("begin") + '<w:instrText> SYMBOL 254 \\f "Wingdings" \\s 12</w:instrText>' + end),
        ("<w:vanish/>", mark("begin", box.format(1, "")) + end),
    )
    found = read(tmp_path, package(body), "a.docx")
    assert said(found) == [("NarrativeText", "☒ insured ☐ abroad two☑")]
    assert hidden(found) == {"☒": "w:vanish"}


def code(text: str) -> str:
    return f'<w:instrText xml:space="preserve">{text}</w:instrText>'


def complex_field(instruction: str, result: str) -> str:
    return mark("begin") + instruction + mark("separate") + result + mark("end")


def test_results_inside_the_code_of_a_field_are_not_shown(tmp_path: Path) -> None:
    page = complex_field(code(" PAGE "), words("7"))
    before = complex_field(code(" = ") + page + code(" - 1 "), words("6"))
    name = complex_field(code(" MERGEFIELD X "), words("Lee"))
    choice = complex_field(code(" IF ") + name + code(' = 1 "Yes" "No" '), words("Yes"))
    empty = mark("begin") + code(" = ") + page + code(" ") + mark("end")
    body = runs(("", words("Page ") + before + words(", ") + choice + empty + words(".")))
    assert only_text(tmp_path, body) == "Page 6, Yes."
    in_cell = f"<w:tbl><w:tr><w:tc>{body}</w:tc>{cell('b')}</w:tr></w:tbl>"
    assert only_text(tmp_path, in_cell) == "Page 6, Yes.\tb"


def test_a_field_goes_on_from_one_paragraph_to_the_next(tmp_path: Path) -> None:
    number = complex_field(code(" PAGEREF _T1 "), words("3"))
    begin = mark("begin") + code(" TOC ") + mark("separate")
    contents = runs(("", begin + words("Chapter 1 ") + number))
    contents += runs(("", words("Chapter 2 ") + mark("end")))
    assert only_text(tmp_path, contents) == "Chapter 1 3\nChapter 2"
    choice = runs(("", mark("begin") + code(' IF 1 = 1 "Yes') + words("one")))
    choice += runs(("", words("two") + mark("separate") + words("Yes") + mark("end")))
    assert only_text(tmp_path, choice) == "Yes"


def test_the_result_of_a_field_in_a_code_is_part_of_the_code(tmp_path: Path) -> None:
    address = complex_field(code(" MERGEFIELD A "), words("https://a.example"))
    link = complex_field(code(' HYPERLINK "') + address + code('" '), words("site"))
    found = read(tmp_path, package(runs(("", link))), "a.docx")
    assert [(e.text, e.links) for e in found.elements] == [("site", ("https://a.example",))]


def test_a_field_without_an_end_takes_no_text_with_it(tmp_path: Path) -> None:
    box = mark("begin", "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>")
    gone = f"<w:del><w:r>{mark('end')}</w:r></w:del>"
    body = runs(("", box + code(" REF x ") + words(" sent"))) + f"<w:p>{gone}</w:p>"
    assert only_text(tmp_path, body + runs(("", words("next")))) == "☒ sent\nnext"
    note = (
        f'<w:footnotes xmlns:w="{W[1:-1]}"><w:footnote w:id="2">{body}</w:footnote></w:footnotes>'
    )
    call = runs(("", words("text") + '<w:footnoteReference w:id="2"/>'))
    data = package(call, parts={"r1": ("footnotes/footnotes.xml", note.encode())})
    assert said(read(tmp_path, data, "a.docx"))[1] == ("Footnote", "☒ sent")
    inner = f"<w:txbxContent>{body}</w:txbxContent>"
    boxed = mark("begin") + code(" REF y ") + inner + mark("separate") + words("shown")
    assert only_text(tmp_path, runs(("", boxed + mark("end") + words(" text")))) == "shown text"


def test_a_simple_field_draws_only_where_it_stores_no_result(tmp_path: Path) -> None:
    simple = '<w:fldSimple w:instr="{}">{}</w:fldSimple>'
    drawn = simple.format(" EQ \\f(1,2) ", "")
    date = simple.format(" DATE ", runs(("", words("5 March")))[5:-6])
    ended = complex_field(code(" PAGE "), words("3"))
    body = f"<w:p>{date}{drawn}<w:r>{words(' on ')}{ended}</w:r></w:p>"
    assert only_text(tmp_path, body) == "5 March1/2 on 3"


def test_word_art_and_what_a_fallback_alone_holds_are_text(tmp_path: Path) -> None:
    art = '<w:pict><v:shape><v:textpath string="Harbour days"/></v:shape></w:pict>'
    known = "<mc:Choice Requires='wps'><w:t>chosen</w:t></mc:Choice>"
    strange = "<mc:Choice Requires='z'><z:thing>no</z:thing></mc:Choice>"
    fallback = "<mc:Fallback><w:t>fallback</w:t></mc:Fallback>"
    body = runs(("", art)) + "".join(
        runs(("", f"<mc:AlternateContent>{choice}{fallback}</mc:AlternateContent>"))
        for choice in (known, strange)
    )
    assert only_text(tmp_path, body) == "Harbour days\nchosen\nfallback"


def test_powers_and_marks_of_notes_run_into_nothing(tmp_path: Path) -> None:
    up, down = ('<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>')
    body = runs(
        ("", words("about 25 m")),
        (up, words("2")),
        ("", words(" and 10")),
        (up, words("-")),
        (up, words("6")),
        ("", words(" of H")),
        (down, words("2")),
        ("", words("O, as they claim")),
        (up, words("12")),
        ("", words(" on the 2")),
        (up, words("nd")),
    )
    assert only_text(tmp_path, body) == (
        "about 25 m² and 10^-6 of H2O, as they claim [12] on the 2nd"
    )
    power = runs(("", words("10")), (up, words("6")))
    in_cell = f"<w:tbl><w:tr><w:tc>{power}</w:tc>{cell('b')}</w:tr></w:tbl>"
    assert only_text(tmp_path, in_cell) == "10^6\tb"
