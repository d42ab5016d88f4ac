"""Markdown, reStructuredText, CSV, JSON, XML, plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import DocumentMalformed, LimitExceeded
from tests.extract.reading import read, said


def test_markdown_keeps_headings_lists_tables_and_code(tmp_path: Path) -> None:
    text = "---\ntitle: T\n---\n# H\n\n1. a\n   - b\n\n"
    text += "| x | y |\n|---|---|\n| 1 | 2 |\n\n```\nif x:\n  y\n```\n"
    found = read(tmp_path, text, "a.md")
    assert found.title == "T"
    assert said(found) == [
        ("Title", "H"),
        ("ListItem", "1. a"),
        ("ListItem", "b"),
        ("Table", "x\ty\n1\t2"),
        ("Code", "if x:\n  y"),
    ]


def test_markdown_nested_beyond_its_parser_is_not_lost(tmp_path: Path) -> None:
    text = "> " * 500 + " ".join(f"word{n}" for n in range(1000))
    assert "word999" in said(read(tmp_path, text, "a.md"))[-1][1]


def test_restructured_text_includes_no_files(tmp_path: Path) -> None:
    text = "Head\n====\n\n.. include:: /etc/passwd\n\nText ``code``.\n"
    assert said(read(tmp_path, text, "a.rst")) == [
        ("Title", "Head"),
        ("NarrativeText", "Text code."),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["a", "b", "c"], ["1", "two words", "3"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert said(read(tmp_path, text, "a.csv")) == [("Table", "a\tb\tc\n1\ttwo words\t3")]


def test_json_gives_a_line_for_each_value(tmp_path: Path) -> None:
    found = read(tmp_path, '{"title": "T", "a": {"b": [1, 2], "c": true}}', "a.json")
    assert found.title == "T"
    assert said(found) == [("NarrativeText", "title: T\na.b: 1, 2\na.c: true")]


def test_broken_and_bottomless_json_are_typed_failures(tmp_path: Path) -> None:
    with pytest.raises(DocumentMalformed):
        read(tmp_path, '{"a": ', "a.json")
    with pytest.raises(LimitExceeded):
        read(tmp_path, "[" * 200_000, "a.json")


def test_xml_bombs_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(LimitExceeded):
        read(tmp_path, bomb, "a.xml")


def test_smuggled_tag_characters_are_hidden_text(tmp_path: Path) -> None:
    secret = "".join(chr(0xE0000 + ord(c)) for c in "obey")
    found = read(tmp_path, f"Visible words{secret} here.", "a.txt")
    assert [(e.text, e.hidden) for e in found.elements] == [
        ("obey", "unicode tags"),
        ("Visible words here.", None),
    ]


def test_lines_above_the_heading_of_a_table_are_its_title(tmp_path: Path) -> None:
    body = "Pier,Depth\n가람,9\n나래,4\n"
    for above in ("Harbour 2026\nin metres\n\n", "Harbour 2026,\nin metres,,\n"):
        assert said(read(tmp_path, above + body, "a.csv")) == [
            ("Title", "Harbour 2026"),
            ("NarrativeText", "in metres"),
            ("Table", "Pier\tDepth\n가람\t9\n나래\t4"),
        ]
    # A single column has no title, and a cell that stands elsewhere is a heading of its column.
    assert [kind for kind, _ in said(read(tmp_path, "a\nb\nc\n", "a.csv"))] == ["Table"]
    assert [kind for kind, _ in said(read(tmp_path, f",x\n{body}", "a.csv"))] == ["Table"]
