"""A name in Latin letters and the same one in Hangul have a key in common, and few others do."""

from __future__ import annotations

import pytest

from doclake.memory import sounds

SAME = [
    ("Bae Suzy", "배수지"),
    ("Lee Dongwook", "이동욱"),
    ("Yoo Jaesuk", "유재석"),
    ("Ahn Sungki", "안성기"),
    ("Helen Schroeder", "헬렌 슈뢰더"),
    ("George Washington", "조지 워싱턴"),
    ("Martina Berger", "마르티나 베르거"),
    ("Project Merlin", "멀린 프로젝트"),
    ("Microsoft", "마이크로소프트"),
    ("Zoë Müller", "조에 뮐러"),
]
OTHERS = [("Bae Suzy", "배주현"), ("Lee Dongwook", "이동건"), ("Ahn Sungki", "안성훈")]


def _alike(name: str, question: str) -> set[str]:
    return set(sounds.of_question(question)) & set(sounds.of_name(name))


@pytest.mark.parametrize(("latin", "hangul"), SAME)
def test_a_question_in_hangul_has_a_key_of_the_name_in_latin_letters(latin, hangul) -> None:
    assert _alike(latin, f"{hangul} 님께는 언제 연락드리면 되나요?")


@pytest.mark.parametrize(("latin", "hangul"), SAME)
def test_a_question_in_latin_letters_has_a_key_of_the_name_in_hangul(latin, hangul) -> None:
    assert _alike(hangul, f"When may I call {latin}, please?")


@pytest.mark.parametrize(("latin", "hangul"), OTHERS)
def test_another_name_has_none(latin: str, hangul: str) -> None:
    assert not _alike(latin, f"{hangul} 님께는 언제 연락드리면 되나요?")
    assert not _alike(hangul, f"When may I call {latin}, please?")


def test_a_name_in_the_script_of_the_question_is_left_to_its_letters() -> None:
    assert not _alike("Kim Minji", "Where is Kim Minji?")
    assert not _alike("김민지", "김민지 님은 어디에 있나요?")


def test_neither_a_long_text_nor_a_strange_one_costs_much() -> None:
    assert sounds.of_question("") == []
    assert sounds.of_name("🙂 — 123") == []
    assert len(sounds.of_question("김민지 " * 2_000)) < 100
