"""An answer in words over HTTP, under the token's principals."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.serve.conftest import TOKENS
from tests.served import serving
from tests.servers.scripted import event, page, streamed
from tests.servers.scripted import serving as chatting

QUESTION = "Where does the pond lie?"
SLOWLY = "Take your time."
HEARD = threading.Event()
SAID = "The pond lies behind the shed [1]. "
(BOARD, _) = TOKENS


def _script(_: int, body: bytes):
    def parts():
        yield event(f"{SAID}T")
        HEARD.wait(10)
        yield event(f"{SAID[1:]}" if HEARD.is_set() else "oo late.", "stop")

    is_slow = SLOWLY in json.loads(body)["messages"][1]["content"]
    return streamed(parts()) if is_slow else page(f"{SAID}Nobody has ever seen it.")


@pytest.fixture(scope="module")
def server(closed):
    with chatting(_script) as asked:
        sources = {"open": {"url": "open", "access": ["everyone"], "buckets": 1}}
        sources |= {"notes": {"url": "documents", "access": ["group:board"], "buckets": 4}}
        closed.configure(
            sources=sources,
            serve={"token_file": "tokens.yaml"},
            chat={"url": asked.url, "model": "m"},
        )
        with serving(closed.project) as served:
            yield served


def test_an_answer_cites_passages_that_its_asker_may_see(server):
    said = server.ask("POST", "/ask", {"question": QUESTION}).json
    assert said["answer"] == "The pond lies behind the shed.[1]"
    assert said["statements"] == [{"text": "The pond lies behind the shed.", "citations": [1]}]
    assert {passage["citation"].split("]")[0] for passage in said["passages"]} == {"[open"}
    (citation_id, *_) = said["passages"][0]["citation_ids"]
    assert "shed" in server.ask("GET", f"/passage/{citation_id}").json["hit"]["text"]


def test_what_is_wrong_with_a_question_is_told_as_a_search_tells_it(server):
    assert server.ask("POST", "/ask", {"question": "  "}).code == "question_empty"
    wrong = server.ask("POST", "/ask", {"question": QUESTION, "filters": {"sauce": "x"}})
    assert (wrong.status, wrong.code) == (400, "filter_invalid")


def test_who_may_see_more_is_answered_from_more(server):
    asked = {"question": "Where does the spade hang?"}
    open_to = [server.ask("POST", "/ask", asked, token=token).json for token in (None, BOARD)]
    sources = [{one["citation"].split("]")[0] for one in said["passages"]} for said in open_to]
    assert sources == [{"[open"}, {"[open", "[notes"}]


def _events(body: bytes) -> list[tuple[str, Any]]:
    """Name and data of each."""
    parts = [part.split("\n") for part in body.decode().removesuffix("\n\n").split("\n\n")]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in parts
    ]


def test_events_begin_with_the_passages_and_end_with_the_whole_answer(server):
    asked = {"question": QUESTION}
    told = server.ask("POST", "/ask", asked, accept="text/event-stream")
    assert told.headers["content-type"].startswith("text/event-stream")
    (first, found), *sentences, (last, whole) = _events(told.body)
    assert (first, last) == ("passages", "done")
    assert sentences == [
        ("statement", {"text": "The pond lies behind the shed.", "citations": [1]}),
        ("refused", {"text": "Nobody has ever seen it.", "why": "it cites no passage"}),
    ]
    assert found == {name: whole[name] for name in ("question", "passages", "left_out")}
    assert whole == server.ask("POST", "/ask", asked).json


@contextmanager
def _asked_slowly(server) -> Iterator[http.client.HTTPResponse]:
    """The events of an answer of which the second sentence waits for `HEARD`."""
    HEARD.clear()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    with closing(connection):
        body = json.dumps({"question": f"{SLOWLY} {QUESTION}"})
        connection.request("POST", "/ask", body, headers)
        response = connection.getresponse()
        assert [response.readline() for _ in range(4)][3] == b"event: statement\n"
        yield response


def test_events_are_sent_as_they_come(server):
    with _asked_slowly(server) as response:
        HEARD.set()
        (name, whole) = _events(response.read().split(b"\n\n", 1)[1])[-1]
    assert name == "done"
    assert len(whole["statements"]) == 2  # the server waited for us between the two


def test_who_goes_away_in_the_middle_waits_no_longer(server):
    with _asked_slowly(server):
        assert _waiting(server) == 1
    HEARD.set()
    end = time.monotonic() + 20
    while _waiting(server) and time.monotonic() < end:
        time.sleep(0.1)
    assert _waiting(server) == 0
    assert server.ask("POST", "/ask", {"question": QUESTION}).json["answer"]


def _waiting(server) -> float:
    text = server.ask("GET", "/metrics", token=BOARD).body.decode()
    (line,) = [line for line in text.splitlines() if line.startswith("doclake_requests_waiting ")]
    return float(line.split()[1])


def test_what_is_wrong_is_no_event_but_an_error_as_of_any_request(server):
    wrong = server.ask("POST", "/ask", {"question": " "}, accept="text/event-stream")
    assert (wrong.status, wrong.code) == (400, "question_empty")


@pytest.mark.slow
def test_an_answer_that_takes_too_long_is_what_has_come_of_it(closed):
    def drops(*_):
        def parts():
            yield event("The pond lies behind the shed [1]. And")
            for _ in range(200):
                yield event(" so")
                time.sleep(0.1)

        return streamed(parts())

    with chatting(drops) as asked:
        closed.configure(
            sources={"open": {"url": "open", "access": ["everyone"], "buckets": 1}},
            serve={"timeout": "6s"},  # time to find the passages on a busy machine
            chat={"url": asked.url, "model": "m"},
        )
        with serving(closed.project) as served:
            for accept in ("application/json", "text/event-stream"):
                told = served.ask("POST", "/ask", {"question": QUESTION}, accept=accept)
                whole = told.json if accept == "application/json" else _events(told.body)[-1][1]
                assert whole["answer"] == "The pond lies behind the shed.[1]"
                assert "silent" in whole["why"]
