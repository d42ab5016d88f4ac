"""RTF: code pages, hidden text, tables, notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from tests.extract.reading import hidden, read, said

RTF = rb"""{\rtf1\ansi\ansicpg949{\fonttbl{\f0\fcharset129 Batang;}{\f1\fcharset204 Arial;}}
{\header Kopf\par}\f0 \'b0\'a1\'b3\'aa \u54620?\u44397? {\v secret}\par{\f1 \'cf\'f0}\par
\trowd\cellx1\cellx2 a\cell b\cell\row\pard end{\footnote note}\par}"""


def test_every_font_has_its_own_code_page(tmp_path: Path) -> None:
    found = read(tmp_path, RTF, "a.rtf")
    assert said(found) == [
        ("Header", "Kopf"),
        ("NarrativeText", "가나 한국"),
        ("NarrativeText", "Пр"),
        ("Table", "a\tb"),
        ("NarrativeText", "end"),
        ("Footnote", "note"),
    ]
    assert hidden(found) == {"secret": "hidden text"}


def test_groups_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded):
        read(tmp_path, b"{\\rtf1 " + b"{" * 100_000, "a.rtf")


RICH = rb"""{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f6 Cambria;}}
{\stylesheet{\s0\f0 Normal;}{\s1\sbasedon0\af13\f6\fs28\b Heading 1;}{\*\cs9\f6 Strong;}}
{\footer Fuss\par}
\pard\plain\s1{\listtext\pard\plain 1.\tab}\ls1 Overview\par
\pard\plain Seen {\fs2 speck}{\v gone}{\deleted out}{\*\atnauthor Rev}{\*\annotation why}here.\par
\pard{\listtext\pard\plain a)\tab}\ls2\ilvl0 step{\footnote below\par}\par
\pard{\listtext\pard\plain\f6 \'b7\tab}\ls3 dot\par
\trowd\trhdr\clmgf\cellx100\clmrg\cellx200\cellx300\intbl wide\cell\cell c\cell\row
\trowd\clvmgf\cellx100\cellx300\intbl tall\cell both\cell\row
\trowd\clvmrg\cellx100\cellx205\cellx300\intbl\cell d\cell e\cell\row
\pard end\par}"""


def test_styles_numbers_and_notes_stand_as_they_are_seen(tmp_path: Path) -> None:
    found = read(tmp_path, RICH, "a.rtf")
    assert [item for item in said(found) if item[0] != "Table"] == [
        ("Title", "1. Overview"),
        ("NarrativeText", "Seen here."),
        ("Annotation", "Rev: why"),
        ("ListItem", "a) step"),
        ("Footnote", "below"),
        ("ListItem", "dot"),
        ("NarrativeText", "end"),
        ("Footer", "Fuss"),
    ]
    assert hidden(found) == {"speck": "tiny text", "gone": "hidden text"}


def test_merged_cells_keep_their_spans(tmp_path: Path) -> None:
    table = next(e for e in read(tmp_path, RICH, "a.rtf").elements if e.type == "Table")
    assert table.html == (
        '<table><tr><th colspan="2">wide</th><th>c</th></tr>'
        '<tr><td rowspan="2">tall</td><td colspan="2">both</td></tr>'
        "<tr><td>d</td><td>e</td></tr></table>"
    )


def test_a_table_in_a_cell_stays_in_it(tmp_path: Path) -> None:
    inner = (
        rb"\itap2 x\nestcell y\nestcell{\*\nesttableprops\trowd\cellx50\cellx99\nestrow}\itap1 z"
    )
    rtf = rb"{\rtf1\trowd\cellx100\cellx200\pard\intbl a\cell " + inner + rb"\cell\row\pard e\par}"
    assert said(read(tmp_path, rtf, "a.rtf")) == [("Table", "a\tx y z"), ("NarrativeText", "e")]


def test_a_text_box_does_not_run_into_the_words_before_it(tmp_path: Path) -> None:
    text = r"{\rtf1\ansi \pard before{\shp{\*\shpinst{\shptxt \pard in a box\par}}}\par after\par}"
    words = " ".join(text for _, text in said(read(tmp_path, text, "a.rtf")))
    assert words.split() == ["before", "in", "a", "box", "after"]


def test_a_row_that_begins_later_keeps_its_columns(tmp_path: Path) -> None:
    rtf = (
        rb"{\rtf1\trowd\trleft1000\cellx2000\cellx3000\intbl B1\cell C1\cell\row"
        rb"\trowd\trleft10\cellx1000\cellx2000\cellx3000\intbl A2\cell B2\cell C2\cell\row"
        rb"\pard e\par}"
    )
    assert read(tmp_path, rtf, "a.rtf").elements[0].html == (
        "<table><tr><td></td><td>B1</td><td>C1</td></tr>"
        "<tr><td>A2</td><td>B2</td><td>C2</td></tr></table>"
    )


FONTS = rb"{\rtf1\ansi\ansicpg949{\fonttbl{\f0 Arial;}{\f1\fcharset2 Wingdings;}"
FONTS += rb"{\f2\fcharset2 Symbol;}}"


def text_of(folder: Path, body: bytes) -> str:
    found = read(folder, FONTS + b"\\pard " + body + b"\\par}", "a.rtf")
    return "\n".join(text for _, text in said(found))


def test_glyphs_of_symbol_fonts_are_the_characters_they_show(tmp_path: Path) -> None:
    body = rb"{\f1\'fe} yes {\f1\u-3928?} no 20 {\f2\'b0}C {\f2 a}"
    body += rb'{\field{\*\fldinst SYMBOL 252 \\f "Wingdings" \\s 12}{\fldrslt}}'
    assert text_of(tmp_path, body) == "☑ yes ☐ no 20 °C α✓"


def test_powers_and_indices_stand_apart(tmp_path: Path) -> None:
    body = rb"25 m{\super 2}, 10\super -\super 6\nosupersub  of H{\sub 2}O"
    assert text_of(tmp_path, body) == "25 m², 10^-6 of H2O"


def test_form_fields_show_their_values(tmp_path: Path) -> None:
    def form(kind: bytes, facts: bytes, result: bytes = b"") -> bytes:
        instruction = rb"{\*\fldinst " + kind + rb"{\*\formfield{" + facts + b"}}}"
        return rb"{\field" + instruction + rb"{\fldrslt " + result + b"}}"

    entries = rb"{\*\ffname D}{\*\ffl one}{\*\ffl two}"
    body = form(b"FORMCHECKBOX", rb"\fftype1\ffres1\ffdefres0") + b" insured "
    body += form(b"FORMCHECKBOX", rb"\fftype1\ffres25\ffdefres0") + b" abroad "
    body += form(b"FORMDROPDOWN", rb"\fftype2\ffres1" + entries) + b" "
    body += form(b"FORMDROPDOWN", rb"\fftype2\ffres0" + entries, b"one") + b" "
    body += form(b"FORMTEXT", rb"\fftype0", b"Aurora")
    assert text_of(tmp_path, body) == "☒ insured ☐ abroad two one Aurora"


def test_word_art_and_descriptions_of_pictures_are_text(tmp_path: Path) -> None:
    shape = rb"{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv Harbour days}}"
    shape += rb"{\sp{\sn wzDescription}{\sv a lamp}}{\sp{\sn fillColor}{\sv 255}}}}"
    found = read(tmp_path, FONTS + b"\\pard " + shape + b"\\par}", "a.rtf")
    assert said(found) == [("NarrativeText", "Harbour days"), ("Image", "a lamp")]


def test_a_file_cut_inside_binary_data_keeps_the_text_before_it(tmp_path: Path) -> None:
    body = rb"{\rtf1 First.\par Second {\b line {\pict\wmetafile8\bin4000 "
    for rest in (b"", b"\x00\x01}{\\par gone\\par}"):
        found = read(tmp_path, body + rest, "a.rtf")
        assert said(found) == [("NarrativeText", "First."), ("NarrativeText", "Second line")]


def test_binary_data_is_no_text_whatever_it_holds(tmp_path: Path) -> None:
    data = rb"}{\par not text\par"
    body = rb"{\rtf1 First.{\pict\bin" + str(len(data)).encode() + b" " + data + rb"} Second.\par}"
    assert said(read(tmp_path, body, "a.rtf")) == [("NarrativeText", "First. Second.")]


def test_of_a_text_in_bytes_and_in_unicode_the_unicode_one_counts(tmp_path: Path) -> None:
    data = rb"""{\rtf1\ansi{\info{\upr{\title ?}{\*\ud{\title \u44032?}}}}
a {\upr{b\par c}{\*\ud{\u45208?\par \u45796?}}} d{\footnote {\upr{?}{\*\ud{\u46972?}}}}\par}"""
    found = read(tmp_path, data, "a.rtf")
    assert said(found) == [("NarrativeText", "a 나"), ("NarrativeText", "다 d"), ("Footnote", "라")]
    assert found.title == "가"


def test_a_deleted_mark_of_a_paragraph_joins_it_with_the_next(tmp_path: Path) -> None:
    found = read(tmp_path, rb"{\rtf1 one {\deleted gone\par}two\par three\par}", "a.rtf")
    assert said(found) == [("NarrativeText", "one two"), ("NarrativeText", "three")]
