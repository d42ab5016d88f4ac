"""Headings of plain text that only language gives away."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.extract.text import heading_words
from doclake.extract.text.heading_words import METHOD, HeadingClassifier
from tests.extract.reading import read

ENGLISH = "The harbour closes at noon, and nobody may enter it before the storm has passed."
KOREAN = "태풍이 지나갈 때까지 아무도 항구에 들어갈 수 없으며, 정오에 문을 닫는다."


def test_headings_in_english_and_korean_are_titles(tmp_path: Path) -> None:
    text = f"Terms and conditions\n\n{ENGLISH}\n\n설치 방법\n\n{KOREAN}\n"
    found = read(tmp_path, text, "a.txt")
    assert [(e.type, e.text, e.method) for e in found.elements] == [
        ("Title", "Terms and conditions", METHOD),
        ("NarrativeText", ENGLISH, "text"),
        ("Title", "설치 방법", METHOD),
        ("NarrativeText", KOREAN, "text"),
    ]
    assert "unstructured" in METHOD


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Annual report 2024", True),
        ("Conclusion and outlook", True),
        ("The meeting starts at noon", False),
        ("Please send the report to me", False),
        ("he said nothing", False),
        ("Dear Mr. Smith", False),
        ("Best regards", False),
        ("Copyright 2026 Example Ltd", False),
        ("https://example.org/a", False),
        ("2024-01-03", False),
        ("개요", True),
        ("자주 묻는 질문", True),
        ("결론 및 전망", True),
        ("바다와 나라", True),
        ("회의는 정오에 시작합니다", False),
        ("이 문서는 설치 방법을 설명한다", False),
        ("보고서를 보내 주세요", False),
        ("회의가 예정대로 완료됨", False),
        ("김하늘 드림", False),
    ],
)
def test_words_tell_a_heading_from_a_short_sentence(line: str, heading: bool) -> None:
    prose = KOREAN if heading_words._HANGUL.search(line) else ENGLISH
    assert HeadingClassifier(f"{line}\n\n{prose}").is_heading(line, [prose]) is heading


def test_lines_of_languages_whose_verbs_nobody_knows_are_left_alone() -> None:
    german = "Der Hafen schließt um zwölf Uhr, und niemand darf hinein, ehe der Sturm vorbei ist."
    assert not HeadingClassifier(f"Öffnungszeiten\n\n{german}").is_heading(
        "Öffnungszeiten", [german]
    )


def test_a_heading_stands_above_prose() -> None:
    classifier = HeadingClassifier(ENGLISH)
    assert not classifier.is_heading("Terms and conditions", [])
    assert not classifier.is_heading("Terms and conditions", ["Another short line"])


def test_plain_paragraphs_are_not_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> bool:
        raise AssertionError("asked")

    monkeypatch.setattr(heading_words, "_is_title", refuse)
    text = f"CHAPTER I\n\n{ENGLISH}\n\n1. Scope\n\n{ENGLISH}\n\n- a\n- b\n\n{KOREAN}\n"
    assert len(read(tmp_path, text, "a.txt").elements) == 7
    with pytest.raises(AssertionError, match="asked"):
        read(tmp_path, f"Terms and conditions\n\n{ENGLISH}", "a.txt")


def test_a_document_is_asked_about_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heading_words, "_MOST_LINES", 2)
    classifier = HeadingClassifier(ENGLISH)
    assert [classifier.is_heading("Annual report", [ENGLISH]) for _ in range(3)] == [
        True,
        True,
        False,
    ]
