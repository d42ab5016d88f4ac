"""DOCX: what python-docx can write, and what only XML can."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from tests.extract.reading import hidden, read, said
from tests.extract.word_package import cell, package, paragraph, words


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


def tracked(text: str, mark: str = "") -> str:
    look = f"<w:pPr><w:rPr>{mark}</w:rPr></w:pPr>" if mark else ""
    return f"<w:p>{look}<w:r>{words(text)}</w:r></w:p>"


def test_a_deleted_mark_of_a_paragraph_joins_it_with_the_next(tmp_path: Path) -> None:
    bookmark = '<w:bookmarkStart w:id="1"/>'
    body = tracked("one ", "<w:del/>") + bookmark + tracked("two ", "<w:del/>") + tracked("three")
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>head</w:t></w:r></w:p>'
    body += tracked("a ", "<w:moveFrom/>") + heading + tracked("new", "<w:ins/>")
    body += tracked("last", "<w:del/>") + f"<w:tbl><w:tr>{cell('b') * 2}</w:tr></w:tbl>"
    assert said(read(tmp_path, package(body), "a.docx")) == [
        ("NarrativeText", "one two three"),
        ("Title", "a head"),
        ("NarrativeText", "new"),
        ("NarrativeText", "last"),
        ("Table", "b\tb"),
    ]


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
