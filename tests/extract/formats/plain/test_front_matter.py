"""Front matter is told from text between two rules, and none of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.extract.formats.plain import front_matter
from tests.extract.reading import read, said


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        ("\n# Slide one\n\nBoats leave at: nine.\n", [("Title", "Slide one")]),
        ("Meeting of 5 March\n\nKim and Lee", [("NarrativeText", "Meeting of 5 March")]),
        ("- buy rope\n- call Kim\n", [("ListItem", "buy rope"), ("ListItem", "call Kim")]),
        ("# Agenda\nDate: 5 March\n", [("Title", "Agenda")]),
        ("# only a heading\n", [("Title", "only a heading")]),
        (
            "Note: the boats\nleave at nine.\n",
            [("NarrativeText", "Note: the boats leave at nine.")],
        ),
        ("{draft}\n", [("NarrativeText", "{draft}")]),
        ("Pier: " + "rope " * 4000 + "\n", [("NarrativeText", "Pier: " + "rope " * 4000)]),
    ],
)
def test_text_between_two_rules_is_no_front_matter(
    tmp_path: Path, between: str, kept: list[tuple[str, str]]
) -> None:
    found = read(tmp_path, f"---\n{between}\n---\n\nBody.\n", "a.md")
    shown = [(kind, text.strip()) for kind, text in said(found)]
    assert [(kind, text.strip()) for kind, text in kept] == shown[: len(kept)]
    assert shown[-1] == ("NarrativeText", "Body.")
    assert found.metadata == {"encoding": "utf-8"}


def test_nested_folded_and_listed_fields_are_whole(tmp_path: Path) -> None:
    text = """---
# made by the harbour's press
title: "Tides: a guide"
version: 1.10
date: 2026-03-05
description: >
  Low water
  at noon
authors:
  - name: Kim
    mail: kim@example.org
  - name: Lee
tags: [tide, boat]
draft:
...
Body.
"""
    found = read(tmp_path, text.replace("\n", "\r\n"), "a.md")
    assert said(found) == [("NarrativeText", "Body.")]
    assert found.title == "Tides: a guide"
    assert found.metadata == {
        "version": "1.10",
        "date": "2026-03-05",
        "description": "Low water at noon",
        "authors.name": "Kim, Lee",
        "authors.mail": "kim@example.org",
        "tags": "tide, boat",
        "draft": "",
        "encoding": "utf-8",
    }


def test_fields_that_metadata_has_no_name_for_are_text(tmp_path: Path) -> None:
    text = "---\n제목: 부두 회의록\n작성자: 김철수\nowner: harbour\n---\n\n본문이다.\n"
    found = read(tmp_path, text, "a.md")
    assert found.title == "부두 회의록"
    assert said(found) == [
        ("NarrativeText", "제목: 부두 회의록\n작성자: 김철수"),
        ("NarrativeText", "본문이다."),
    ]
    assert found.metadata == {"owner": "harbour", "encoding": "utf-8"}


def test_fields_in_what_is_nearly_yaml_are_read_line_by_line() -> None:
    fields, rest = front_matter.split(
        "---\ntitle: Tides: a guide\nowner: 'Kim'\n  and Lee\ntags:\n- tide\n- boat\n---\nBody."
    )
    assert fields == {"title": "Tides: a guide", "owner": "Kim and Lee", "tags": "tide, boat"}
    assert rest == "Body."


def test_aliases_cannot_make_more_text_than_there_is() -> None:
    lists = "\n".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 12))
    text = f"---\na: &b0 rope\n{lists}\n---\n"
    assert front_matter.split(text) == ({}, text)
    fields, _ = front_matter.split("---\nauthor: &who Kim\neditor: *who\n---\n")
    assert fields == {"author": "Kim", "editor": "Kim"}
    looped = "---\na: &a\n  b: *a\n---\n"
    assert front_matter.split(looped) == ({}, looped)
