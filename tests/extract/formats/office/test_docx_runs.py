"""Text of DOCX paragraphs: symbols, fields, word art, powers."""

from __future__ import annotations

from pathlib import Path

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
