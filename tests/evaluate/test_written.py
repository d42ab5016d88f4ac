"""Of what a chat server writes, only a question about the passage in other words can be used."""

from __future__ import annotations

import pytest

from doclake.evaluate.written import is_fit, is_supported, written_about
from doclake.search.chat import Chat
from doclake.settings import ChatSettings
from tests.servers.scripted import page, serving

POND = "# Garden\n\nTomatoes grow along the south wall. The pond behind the shed holds 900 litres."
WALL = "남쪽 담장을 따라 토마토가 자란다. 물은 아침마다 준다."


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many litres of water fit into the pond?", POND),
        ("Which vegetable has its place beside the south wall?", POND),
        ("토마토는 어느 쪽 담장 옆에서 자라나요?", WALL),
        ("토마토는 어디서 자라?", WALL),
    ],
)
def test_a_question_in_other_words_is_used(question, text):
    assert is_fit(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which captain commanded submarines beneath Antarctic glaciers?", POND),
        ("Tomatoes grow along the south wall?", POND),
        ("Is it so that the pond behind the shed holds 900 litres?", POND),
        ("What?", POND),
        ("Is it so?", POND),
        ("How many litres of water fit into the pond, " + "or into the pond, " * 15 + "?", POND),
        ("남쪽 담장을 따라 토마토가 자란다?", WALL),
        ("잠수함은 몇 시에 출항하나요?", WALL),
    ],
    ids=[
        "of something else",
        "a sentence",
        "most of one",
        "short",
        "no words",
        "long",
        "ko",
        "ko else",
    ],
)
def test_what_is_no_such_question_is_not(question, text):
    assert not is_fit(question, text)


FIT = "How many litres of water fit into the pond?"


@pytest.mark.parametrize(
    ("said", "question"),
    [
        (FIT, FIT),
        (f'Question: "{FIT}"', FIT),
        (f"Here it is:\n\n1. {FIT}\n", FIT),
        (f"{FIT}\nWhich vegetable has its place beside the south wall?", None),
        (FIT.rstrip("?"), None),
        ("", None),
        ("NOT IN THE PASSAGES", None),
    ],
)
def test_one_question_is_taken_out_of_what_stands_around_it(said, question):
    with serving(lambda *_: page(said)) as asked:
        settings = ChatSettings(url=asked.url, model="m")
        assert written_about(Chat(), settings, POND).question == question
    assert POND.encode() not in asked.bodies[0]  # in JSON its lines are escaped
    assert b"900 litres" in asked.bodies[0]


@pytest.mark.parametrize("answer", [page(FIT, finish="length"), (422, {}, b"")])
def test_a_question_that_is_cut_or_refused_is_none(answer):
    with serving(lambda *_: answer) as asked:
        settings = ChatSettings(url=asked.url, model="m")
        assert written_about(Chat(), settings, POND).question is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (f"Question: {FIT}\nAnswer: 900 litres.", "900 litres."),
        (f"질문: {FIT}\n답: 900", "900"),
        (f"{FIT}\n\nThe pond holds\n900 litres", "The pond holds 900 litres"),
        (f"{FIT}\nAnswer: 1200 gallons of vinegar", None),
        (f"{FIT}\nAnswer:", None),
        (f"Answer: 900 litres\n{FIT}", None),
        (f"{FIT}\n" + "The pond holds 900 litres. " * 40, None),
    ],
    ids=["labelled", "ko", "two lines", "made up", "empty", "before it", "long"],
)
def test_an_answer_is_kept_that_the_text_holds(said, answer):
    with serving(lambda *_: page(said)) as asked:
        written = written_about(Chat(), ChatSettings(url=asked.url, model="m"), POND)
    assert (written.question, written.answer) == (FIT, answer)
    assert written.tokens > 0


def test_an_answer_without_weighty_words_must_stand_in_the_text():
    assert is_supported("남쪽 담장", WALL, 0.5)
    assert not is_supported("No.", POND, 0.5)
