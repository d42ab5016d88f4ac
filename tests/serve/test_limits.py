"""How often and how much one caller may ask, and how many may wait."""

from __future__ import annotations

import threading

import pytest

from doclake.errors import TooManyRequests
from doclake.serve.rates import Rates
from tests.served import KEY, serving

QUESTION = "Where is the spade?"


def test_a_minute_holds_so_many_requests_and_fills_steadily(monkeypatch):
    now = 1_000.0
    monkeypatch.setattr("doclake.serve.rates.time.monotonic", lambda: now)
    rates = Rates()
    for _ in range(60):
        rates.take("one", 60)
    with pytest.raises(TooManyRequests) as refused:
        rates.take("one", 60)
    assert refused.value.facts["retry_after"] == 1
    rates.take("another", 60)
    now += 2
    rates.take("one", 60)
    rates.take("one", 60)
    with pytest.raises(TooManyRequests):
        rates.take("one", 60)


def test_of_very_many_callers_those_that_asked_long_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr("doclake.serve.rates._MOST_CALLERS", 3)
    rates = Rates()
    for number in range(10):
        rates.take(f"caller {number}", 1)
    rates.take("caller 0", 1)
    with pytest.raises(TooManyRequests):
        rates.take("caller 9", 1)


def test_who_asks_too_often_is_told_when_to_return_and_others_go_on(flow):
    flow.configure(serve={"requests_per_minute": 3})
    with serving(flow.project) as server:
        statuses = [server.search(QUESTION).status for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        refused = server.search(QUESTION)
        assert (refused.code, refused.headers["retry-after"].isdigit()) == (
            "too_many_requests",
            True,
        )
        assert server.search(QUESTION, token="forged").code == "too_many_requests"
        assert server.search(QUESTION, token=KEY).status == 200
        assert server.ask("GET", "/healthz").status == 200


def test_more_than_may_wait_are_told_to_return(flow):
    flow.configure(serve={"waiting": 1, "threads": 1})
    with serving(flow.project) as server:
        answers: list[tuple[int, str]] = []

        def ask() -> None:
            answer = server.search(QUESTION * 300)
            answers.append((answer.status, answer.json.get("code", "")))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) == {(200, ""), (503, "server_busy")}
        assert server.search(QUESTION).status == 200


def test_eight_clients_at_once_get_what_one_gets(flow):
    """One searcher and one model answer them all."""
    questions = [QUESTION, "How many litres does the pond hold?", "토마토는 어디에서 자라는가?"] * 8
    with serving(flow.project) as server:
        alone = [server.search(question).json["hits"] for question in questions[:3]] * 8
        together: dict[int, object] = {}

        def ask(first: int) -> None:
            for number in range(first, len(questions), 8):
                together[number] = server.search(questions[number]).json["hits"]

        threads = [threading.Thread(target=ask, args=(first,)) for first in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [together[number] for number in range(len(questions))] == alone
