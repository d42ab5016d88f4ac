"""Runs of words and letters that evaluation texts and rows have in common."""

from __future__ import annotations

import json

import pytest

from doclake.errors import ExportRefused
from doclake.export.decontamination import Runs, read, units
from tests.export.conftest import KOREAN

TEN = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS = [*TEN, "eleven", "twelve", "thirteen", "fourteen"]
AT = KOREAN[0]


def runs(*texts: str) -> Runs:
    made = Runs()
    for text in texts:
        made.add(text)
    return made


def test_thirteen_words_are_a_run_and_twelve_are_none():
    held = runs(" ".join(WORDS))
    said = "so: One, two (three) FOUR five six\nseven eight nine ten eleven twelve — thirteen!"
    assert held.are_in(said)
    assert not held.are_in(" ".join(WORDS[:12]) + " and so on " + " ".join(WORDS[12:]))
    assert held.are_in(" ".join(WORDS[1:]))


def test_a_text_of_eight_words_is_looked_for_as_a_whole():
    held = runs(" ".join(WORDS[:8]))
    assert held.are_in("zero " + " ".join(WORDS[:9]))
    assert not held.are_in(" ".join(WORDS[:7]))


def test_korean_is_compared_by_letters_wherever_its_blanks_are():
    held = runs(AT)
    assert held.are_in(f"그리고 {AT.replace(' ', '')} 그래서")
    part = "".join(units(AT))[2:41]
    assert len(part) == 39
    assert held.are_in(part)
    assert not held.are_in(part[:38])


def test_words_and_letters_mix_in_a_run():
    text = "Kubernetes 노드를 교체할 때는 drain 명령을 먼저 실행하고 uncordon 명령으로 돌려놓는다"
    assert runs(text).are_in(f"주의: {text}.")
    assert not runs(text).are_in(text.replace("교체", "추가"))


def test_what_is_too_short_is_not_looked_for():
    made = Runs()
    assert not made.add("What is the capital?")
    assert not made.are_in("What is the capital?")


def test_golden_questions_are_an_evaluation_set(tmp_path):
    file = tmp_path / "questions.yaml"
    entry = {"question": " ".join(WORDS), "documents": ["a.txt"], "text": AT}
    file.write_text(json.dumps([entry]), "utf-8")
    held, (noted,) = read([("questions.yaml", file)])
    assert held.are_in(AT)
    assert held.are_in(" ".join(WORDS))
    assert noted.texts == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.jsonl", b"", "holds no text"),
        ("a.jsonl", b"not json\n", "line 1 is no JSON"),
        ("a.jsonl", b'{"text": "x"}\n{"label": 3}\n', "line 2 has no text"),
        ("a.jsonl", b'["text"]\n', "line 1 has no text"),
        ("a.jsonl", b'{"text": 5}\n', "line 1 has no text"),
        ("a.jsonl", b"\xff\xfe", "no UTF-8"),
        ("a.jsonl", b"[" * 100_000, "line 1 is no JSON"),
        ("a.yaml", b"question: x\n", "cannot be used"),
        ("a.yaml", b"[]", "holds no text"),
    ],
)
def test_a_file_of_another_shape_is_named(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportRefused) as refused:
        read([(name, tmp_path / name)])
    assert told in str(refused.value)
    assert refused.value.problems[0][:2] == ("decontaminate", name)
