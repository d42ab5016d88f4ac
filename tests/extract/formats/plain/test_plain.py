"""Markdown, reStructuredText, CSV, JSON, XML, plain text."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest

from doclake.errors import DocumentMalformed, LimitExceeded
from doclake.tables.elements import MACHINE_TEXT
from tests.extract.reading import hidden, read, said


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


def test_emphasis_ends_before_a_particle(tmp_path: Path) -> None:
    text = '**용어(term)**를 쓰고, *"인용"*이라 하며, ~~취소(cancel)~~된 것은 **강조**한다.\n\n'
    text += (
        "これは**「重要」**です。 **葛\U000e0100**の字、2 * 3 * 4, snake_case_name과 가_나_다.\n"
    )
    assert [line for _, line in said(read(tmp_path, text, "a.md"))] == [
        '용어(term)를 쓰고, "인용"이라 하며, 취소(cancel)된 것은 강조한다.',
        "これは「重要」です。 葛\U000e0100の字、2 * 3 * 4, snake_case_name과 가_나_다.",
    ]


@pytest.mark.parametrize(
    "picture",
    [
        "![][quay]\n\n[quay]: <data:image/png;base64,{}>",
        "![](data:image/png;base64,{})",
        '<img src="data:image/png;base64,{}">',
    ],
)
def test_a_picture_in_markdown_leaves_the_rest_as_it_is(tmp_path: Path, picture: str) -> None:
    data = base64.b64encode(random.Random(1).randbytes(9_000)).decode()
    found = read(tmp_path, f"# Report\n\n- good\n\n{picture.format(data)}\n", "a.md")
    assert said(found) == [("Title", "Report"), ("ListItem", "good"), ("Image", "")]


def test_a_page_of_links_is_still_markdown(tmp_path: Path) -> None:
    links = "".join(f"- [L{n}](https://example.org/{'path/' * 20}{n})\n" for n in range(50))
    kinds = [kind for kind, _ in said(read(tmp_path, f"# Links\n\n{links}", "a.md"))]
    assert kinds == ["Title", *["ListItem"] * 50]


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


@pytest.mark.parametrize("number", ["1.10", "100.00", "1e3", "1E400", "-0", "9" * 5000, "NaN"])
def test_numbers_of_json_stay_as_they_are_written(tmp_path: Path, number: str) -> None:
    record = f'{{"name": {number}, "pier": "north"}}'
    found = read(tmp_path, record, "a.json")
    assert said(found) == [("NarrativeText", f"name: {number}\npier: north")]
    assert found.title is None
    for name, text in (("a.json", f"[[{number}, 2]]"), ("a.jsonl", f"[{number}, 2]\n")):
        if len(number) < 200:  # longer values are no list in one line
            assert said(read(tmp_path, text, name)) == [("NarrativeText", f"{number}, 2")]
    found = read(tmp_path, f"{record}\n" * 2, "a.jsonl")
    assert said(found)[0][1].count(number) == (2 if len(number) < 200 else 1)


def test_broken_and_bottomless_json_are_typed_failures(tmp_path: Path) -> None:
    with pytest.raises(DocumentMalformed):
        read(tmp_path, '{"a": ', "a.json")
    with pytest.raises(LimitExceeded):
        read(tmp_path, "[" * 200_000, "a.json")


def test_json_values_in_a_row_are_read(tmp_path: Path) -> None:
    for between in ("", "\n", "\x1e", ",\n"):
        text = between.join(json.dumps({"note": f"value {n}", "more": [{}]}) for n in range(3))
        found = said(read(tmp_path, text, "a.json"))
        assert [line.split("\n")[0] for _, line in found] == [f"note: value {n}" for n in range(3)]
    found = read(tmp_path, '{"a": "one"}\n{"a": broken}\n{"a": "two"}\n', "a.jsonl")
    assert (said(found), found.metadata["broken_lines"]) == ([("Table", "a\none\ntwo")], "1")


def test_references_in_brackets_are_no_json(tmp_path: Path) -> None:
    found = read(tmp_path, "[1] First paper.\n\n[2] Second paper.\n", "a.txt")
    assert [text for _, text in said(found)] == ["[1] First paper.", "[2] Second paper."]


def test_base64_in_json_is_kept_apart(tmp_path: Path) -> None:
    data = base64.b64encode(random.Random(2).randbytes(300)).decode()
    found = read(
        tmp_path, json.dumps({"words": "a sentence", "scan": data, "rest": "more"}), "a.json"
    )
    assert said(found) == [("NarrativeText", "words: a sentence\nrest: more")]
    assert hidden(found) == {data: MACHINE_TEXT}


def test_a_notebook_is_read_as_its_cells(tmp_path: Path) -> None:
    picture = {"image/png": "iVBORw0KGgo" * 200, "text/plain": ["<Figure 6x4>"]}
    table = {"text/html": ["<table><tr><th>r</th></tr>", "<tr><td>N</td></tr></table>"]}
    cells = [
        {"cell_type": "markdown", "source": ["# Sales\n", "\n", "We **compare** regions."]},
        {
            "cell_type": "code",
            "source": ["for r in rows:\n", "    show(r)"],
            "outputs": [
                {"output_type": "stream", "text": ["first\n", "  second\n"]},
                {"output_type": "display_data", "data": picture},
                {"output_type": "execute_result", "data": table | {"text/plain": "  r\n0 N"}},
                {"output_type": "error", "ename": "KeyError", "evalue": "'north'"},
            ],
        },
        "no cell",
    ]
    text = json.dumps({"nbformat": 4, "cells": cells, "metadata": {}}, indent=1)
    found = read(tmp_path, text, "a.ipynb")
    assert found.title == "Sales"
    assert said(found) == [
        ("Title", "Sales"),
        ("NarrativeText", "We compare regions."),
        ("Code", "for r in rows:\n    show(r)"),
        ("Code", "first\n  second"),
        ("Image", "<Figure 6x4>"),
        ("Table", "r\nN"),
        ("Code", "KeyError: 'north'"),
    ]
    old = {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Old"}]}],
    }
    assert said(read(tmp_path, json.dumps(old), "a.ipynb")) == [("Title", "Old")]


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


def test_powers_in_xml_are_told_from_what_they_follow(tmp_path: Path) -> None:
    page = "<article><sec><title>T<sup>2</sup></title><p>10<sup>6</sup> <!-- x -->of H<sub>2</sub>O"
    page += "<superscript>3</superscript> in a claim<sup><xref>4</xref></sup>.</p></sec></article>"
    assert said(read(tmp_path, page, "a.xml")) == [
        ("Title", "T²"),
        ("NarrativeText", "10^6 of H2O³ in a claim [4]."),
    ]


def test_xml_that_calls_itself_latin_1_keeps_the_marks_of_windows(tmp_path: Path) -> None:
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><doc><p>It’s “fine” – costs €20</p></doc>'
    found = read(tmp_path, data.encode("cp1252"), "a.xml")
    assert said(found) == [("NarrativeText", "It’s “fine” – costs €20")]
    assert found.metadata["encoding"] == "cp1252"
