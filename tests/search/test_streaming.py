"""An answer is given on sentence by sentence, and what breaks off leaves what was borne out."""

from __future__ import annotations

import json
import threading
import time

import pytest

from doclake.project import Project
from doclake.search.answer import Answerer, Reply
from doclake.search.prompt_context import Context
from doclake.search.statements import Refused, Statement
from tests.servers.scripted import event, fine, page, serving, streamed, words

QUESTION = "How many litres does the pond hold?"
POND, POND_SAID = "The pond holds 900 litres.", "The pond holds 900 litres [1]. "
WALL, WALL_SAID = "Tomatoes grow along the south wall.", "Tomatoes grow along the south wall [1]."


def _answerer(flow, url: str, **chat) -> Answerer:
    flow.configure(chat={"url": url, "model": "m", "retries": 0, "timeout": "2s", **chat})
    return Answerer(Project.open(flow.folder))


def _ask(flow, said, **chat) -> Reply:
    with serving(lambda *_: said) as asked:
        return _answerer(flow, asked.url, **chat).ask(QUESTION)


def test_each_sentence_is_given_on_while_the_next_is_still_being_said(flow):
    heard = threading.Event()

    def parts():
        yield event(POND_SAID) + event("Toma")
        assert heard.wait(10)
        yield event(WALL_SAID.removeprefix("Toma")) + event(" Made up, all of it.", "stop")

    with serving(lambda *_: streamed(parts())) as asked:
        events = _answerer(flow, asked.url, timeout="20s").events(QUESTION)
        found = next(events)
        assert isinstance(found, Context) and found.passages
        assert next(events) == Statement(POND, [1])
        heard.set()
        assert next(events) == Statement(WALL, [1])
        assert next(events) == Refused("Made up, all of it.", "it cites no passage")
        (reply,) = events
    assert isinstance(reply, Reply)
    assert (reply.text, reply.why) == (f"{POND}[1] {WALL}[1]", None)
    sent = json.loads(asked.bodies[0])
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    "said", [words(POND_SAID.strip()), page(POND_SAID)], ids=["streamed", "whole"]
)
def test_a_server_that_answers_whole_is_understood_as_one_that_streams(flow, said):
    assert _ask(flow, said).text == f"{POND}[1]"


def test_nothing_is_streamed_where_the_settings_say_so(flow):
    with serving(lambda *_: page(POND_SAID)) as asked:
        assert _answerer(flow, asked.url, stream=False).ask(QUESTION).statements
    assert not {"stream", "stream_options"} & json.loads(asked.bodies[0]).keys()


def _silent():
    yield event(POND_SAID + "Tomatoes grow al")
    time.sleep(4)


BROKEN = {
    "cut": (streamed([event(POND_SAID + "Tomatoes grow al")]), "broke off"),
    "silent": (streamed(_silent()), "silent"),
    "shorter than it said": (
        (200, {"Content-Length": "9999"}, [event(POND_SAID + "Tomatoes grow al")]),
        "cut",
    ),
    "an error": (
        streamed([event(POND_SAID + "Tomatoes grow al"), b'data: {"error": "no memory"}\n\n']),
        "an error",
    ),
    "no JSON": (
        streamed([event(POND_SAID + "Tomatoes grow al"), b'data: {"choices": [{"del\n\n']),
        "no JSON",
    ),
}


@pytest.mark.parametrize(("said", "why"), BROKEN.values(), ids=BROKEN)
def test_what_was_borne_out_before_an_answer_broke_off_stands_and_the_reason_is_told(
    flow, said, why
):
    reply = _ask(flow, said)
    assert reply.text == f"{POND}[1]"
    assert why in (reply.why or "")
    assert reply.refused == [Refused("Tomatoes grow al", "the answer ends in it")]
    assert reply.tokens > 0


def test_an_answer_that_broke_off_is_not_asked_again(flow):
    with serving(lambda *_: streamed([event(POND_SAID + "T"), b"data: {\n\n"])) as asked:
        assert _answerer(flow, asked.url, retries=3).ask(QUESTION).statements
    assert len(asked.bodies) == 1


def test_nobody_waits_longer_than_he_said(flow):
    def drops():
        for _ in range(100):
            yield event("The pond ")
            time.sleep(0.1)

    with serving(lambda *_: streamed(drops())) as asked:
        answerer = _answerer(flow, asked.url, timeout="60s")
        answerer.ask(QUESTION, until=time.monotonic())  # loads the model
        until = time.monotonic() + 2
        reply = answerer.ask(QUESTION, until=until)
    assert 0 <= time.monotonic() - until < 1
    assert "silent" in (reply.why or "")
    assert "no time is left" in (answerer.ask(QUESTION, until=until).why or "")


def test_the_tokens_that_the_server_counts_are_what_a_day_has_spent(flow):
    with serving(lambda *_: words(POND_SAID.strip(), tokens=4_000)) as asked:
        answerer = _answerer(flow, asked.url, tokens_per_day=5_000, answer_tokens=16)
        assert answerer.ask(QUESTION).tokens == 4_000
        assert answerer.ask(QUESTION).tokens == 4_000  # 4,000 and less than 1,000 more
        assert "chat.tokens_per_day" in (answerer.ask(QUESTION).why or "")
    assert len(asked.bodies) == 2


def test_a_server_that_failed_gives_back_what_was_set_aside_for_it(flow):
    with serving(
        lambda number, _: (500, {}, b"") if number < 2 else words(POND_SAID.strip())
    ) as asked:
        answerer = _answerer(flow, asked.url, tokens_per_day=1_200, answer_tokens=600)
        replies = [answerer.ask(QUESTION) for _ in range(3)]
    assert [reply.text for reply in replies] == ["", "", f"{POND}[1]"]
    assert "HTTP 500" in (replies[0].why or "")


def test_who_goes_away_in_the_middle_makes_room_for_the_next(flow):
    def parts():
        yield event(POND_SAID + WALL_SAID)
        time.sleep(4)

    script = lambda number, _: streamed(parts()) if number == 0 else words(POND_SAID.strip())  # noqa: E731
    with serving(script) as asked:
        answerer = _answerer(flow, asked.url, concurrency=1)
        events = answerer.events(QUESTION)
        assert [next(events), next(events)][1] == Statement(POND, [1])
        events.close()
        began = time.monotonic()
        assert answerer.ask(QUESTION).statements
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "said",
    [
        fine(
            {
                "choices": [{"delta": {"content": ["a"]}, "finish_reason": 1}],
                "usage": {"total_tokens": "x"},
            }
        ),
        fine({"choices": [{"message": 1}], "usage": []}),
        streamed([b": only a comment\n\n"]),
        streamed([b"data: 1\n\ndata: null\n\ndata: [[]]\n\n"]),
    ],
)
def test_an_answer_of_another_form_is_no_answer(flow, said):
    reply = _ask(flow, said)
    assert reply.text == "" and reply.why and reply.context.passages
