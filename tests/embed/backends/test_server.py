"""A server of embeddings as the back end: what is asked, and what becomes of each way it can
fail."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from doclake import clock
from doclake.embed import Embedder
from doclake.embed.backends import server as backend
from doclake.errors import BudgetSpent, ModelError
from doclake.servers.budget import Budget
from doclake.settings import EmbeddingSettings
from tests.servers.scripted import Said, fine, serving

TEXTS = ["one", "two and more", "three", "vier", "다섯 개의 단어가 있다"]


@pytest.fixture(autouse=True)
def _unspent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_budget", Budget("embedding"))


def embedder(url: str, **server: Any) -> Embedder:
    asked = {"url": url, "model": "e5", "retries": 0, "timeout": timedelta(seconds=2)} | server
    settings = {"model": "multilingual-e5-small", "backend": "server", "server": asked}
    return Embedder(EmbeddingSettings(**settings))


def vector(text: str) -> list[float]:
    """Of length 2 and its own for each text."""
    raw = np.random.default_rng(sum(text.encode())).standard_normal(384)
    return list(2 * raw / np.linalg.norm(raw))


def rows(body: bytes) -> list[dict[str, Any]]:
    texts = json.loads(body)["input"]
    return [{"index": place, "embedding": vector(text)} for place, text in enumerate(texts)]


def told(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[int, bytes], Said]:
    """A server whose rows are changed before they are told."""
    return lambda _, body: fine({"data": change(rows(body))})


def test_vectors_come_in_order_and_as_units_in_several_requests_each_text_with_its_prompt():
    def script(_: int, body: bytes) -> Said:
        return fine({"data": rows(body)[::-1], "usage": {"total_tokens": 9}})

    with serving(script) as asked:
        done: list[tuple[int, int]] = []
        found = embedder(asked.url, batch_texts=2).encode_documents(
            TEXTS, on_batch=lambda *pair: done.append(pair)
        )
    expected = np.array([vector(f"passage: {text}") for text in TEXTS]) / 2
    assert np.abs(found.vectors - expected).max() < 1e-6
    assert found.signs == [None] * len(TEXTS)
    assert [len(json.loads(body)["input"]) for body in asked.bodies].count(2) == 2
    assert done[-1] == (5, 5)
    assert all(set(json.loads(body)) == {"model", "input"} for body in asked.bodies)


def test_a_server_that_puts_the_prompt_is_told_what_the_texts_are():
    with serving(told(list)) as asked:
        embedder(asked.url, dialect="input_type").encode_documents(["one"])
    (body,) = map(json.loads, asked.bodies)
    assert (body["input"], body["input_type"]) == (["one"], "document")


def test_vectors_in_base64_are_read():
    def coded(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row in found:
            numbers = np.array(row["embedding"], "<f4").tobytes()
            row["embedding"] = base64.b64encode(numbers).decode()
        return found

    with serving(told(coded)) as asked:
        found = embedder(asked.url).encode_documents(["one"])
    assert np.abs(found.vectors[0] - np.array(vector("passage: one")) / 2).max() < 1e-6


def _first(**change: Any) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda found: [found[0] | change, *found[1:]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found[:-1], "4 vectors for 5 texts. Lower embedding.server.batch_texts"),
        (lambda found: found + found[:1], "6 vectors for 5 texts"),
        (_first(index=1), "an index twice"),
        (_first(embedding=[1.0, 2.0]), "numbers after such of"),
        (_first(embedding=[0.0] * 384), "zero or not finite"),
        (_first(embedding=[float("nan")] * 384), "zero or not finite"),
        (_first(embedding=["a"] * 384), "holds no numbers"),
        (_first(embedding="?"), "holds no numbers"),
        (_first(embedding=[[1.0]]), "no list of numbers"),
        (_first(embedding=None), "no list of numbers"),
        (_first(signs="AAA="), "signs of other tokens"),
        (lambda _: "none", "no list of embeddings"),
        (lambda _: [3], "no list of embeddings"),
    ],
)
def test_an_answer_that_is_not_a_vector_for_each_text_is_told_by_what_it_is(change, message):
    with serving(told(change)) as asked, pytest.raises(ModelError) as wrong:
        embedder(asked.url).encode_documents(TEXTS)
    assert message in str(wrong.value)
    assert wrong.value.mend


def test_a_busy_server_is_asked_again_and_one_that_refuses_is_not():
    def busy(number: int, body: bytes) -> Said:
        return (429, {"Retry-After": "1"}, b"") if number == 0 else fine({"data": rows(body)})

    with serving(busy) as asked:
        began = time.monotonic()
        embedder(asked.url, retries=1).encode_documents(["one"])
        assert time.monotonic() - began >= 1
    with serving(lambda *_: (500, {}, b"")) as asked:
        with pytest.raises(ModelError, match="HTTP 500"):
            embedder(asked.url, retries=1).encode_documents(["one"])
        assert len(asked.bodies) == 2
    with serving(lambda *_: (401, {}, b"")) as asked:
        with pytest.raises(ModelError, match="DOCLAKE_EMBEDDING_KEY"):
            embedder(asked.url, retries=3).encode_documents(["one"])
        assert len(asked.bodies) == 1


def test_a_silent_server_ends_at_the_timeout_and_an_unreachable_one_at_once():
    over = threading.Event()

    def silent(*_: Any) -> Said:
        over.wait(10)
        return fine({})

    with serving(silent) as asked:
        with pytest.raises(ModelError, match="it is silent"):
            embedder(asked.url, timeout=timedelta(seconds=1)).encode_documents(["one"])
        over.set()
    with pytest.raises(ModelError, match="embedding server"):
        embedder(asked.url).encode_documents(["one"])


def test_several_requests_go_at_once_but_no_more_than_the_settings_say():
    turn, now, most = threading.Lock(), 0, 0

    def script(_: int, body: bytes) -> Said:
        nonlocal now, most
        with turn:
            now += 1
            most = max(most, now)
        time.sleep(0.1)
        with turn:
            now -= 1
        return fine({"data": rows(body)})

    with serving(script) as asked:
        embedder(asked.url, batch_texts=1, concurrency=3).encode_documents(TEXTS * 3)
    assert most == 3


def test_requests_keep_their_pace():
    with serving(told(list)) as asked:
        began = time.monotonic()
        embedder(asked.url, batch_texts=1, requests_per_minute=600).encode_documents(TEXTS)
    assert time.monotonic() - began >= 0.4  # of five, the last after four tenths of a second


def test_a_day_has_its_tokens_and_the_next_its_own(monkeypatch):
    with serving(
        lambda _, body: fine({"data": rows(body), "usage": {"total_tokens": 40}})
    ) as asked:
        one = embedder(asked.url, tokens_per_day=100)
        one.encode_documents(["one"])
        one.encode_documents(["one"])  # 80 by now, as the server counts
        with pytest.raises(BudgetSpent, match="100 tokens a day") as spent:
            one.encode_documents(["a word and another " * 20])
        assert "embedding.server.tokens_per_day" in spent.value.mend
        assert len(asked.bodies) == 2
        tomorrow = datetime.combine(date.max, datetime.min.time(), tzinfo=clock.now().tzinfo)
        monkeypatch.setattr("doclake.servers.budget.clock.now", lambda: tomorrow)
        one.encode_documents(["one"])


def test_after_an_error_nothing_more_is_sent():
    with serving(lambda *_: (400, {}, b"")) as asked:
        with pytest.raises(ModelError, match="HTTP 400"):
            embedder(asked.url, batch_texts=1, concurrency=1).encode_documents(TEXTS)
        time.sleep(0.2)
        assert len(asked.bodies) == 1


def test_a_question_to_a_bundled_model_is_embedded_here_and_many_are_asked_for():
    with serving(told(list)) as asked:
        one = embedder(asked.url)
        one.encode_queries(["Where is the spade?"])
        assert asked.bodies == []
        questions = one.encode_queries(["Where is the spade?"] * 400)
    assert json.loads(asked.bodies[0])["input"][0] == "query: Where is the spade?"
    assert questions[0].tokens is None
