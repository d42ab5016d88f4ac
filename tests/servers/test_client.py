"""How patiently a server is asked, and what becomes of each way it can fail."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from doclake.errors import ServerRefused, ServerUnavailable
from doclake.servers.client import Body, Server, Servers
from doclake.settings import VisionSettings
from tests.servers.scripted import Said, event, fine, serving, streamed

BODY = Body("application/json", 2, lambda: [b"{", b"}"])


def server(url: str, retries: int = 1, per_run: int = 9) -> Server:
    settings = VisionSettings(
        url=f"{url}/v1/",
        model="reader",
        retries=retries,
        per_run=per_run,
        timeout=timedelta(seconds=1),
    )
    return Servers().of("vision", settings)


def test_a_busy_server_is_asked_again_after_the_time_it_names() -> None:
    def script(number: int, _: bytes) -> Said:
        return (429, {"Retry-After": "1"}, b"") if number == 0 else fine({"text": "한 줄"})

    with serving(script) as asked:
        began = time.monotonic()
        assert server(asked.url).post("/v1/x", BODY) == {"text": "한 줄"}
        assert 1 <= time.monotonic() - began < 3
    assert asked.bodies == [b"{}", b"{}"]


def test_a_server_that_asks_for_more_patience_than_it_gets_waits_for_the_next_run() -> None:
    with (
        serving(lambda *_: (503, {"Retry-After": "3600"}, b"")) as asked,
        pytest.raises(ServerUnavailable, match="HTTP 503"),
    ):
        server(asked.url, retries=5).post("/v1/x", BODY)
    assert len(asked.bodies) == 1


def test_a_silent_server_ends_at_the_timeout() -> None:
    over = threading.Event()

    def script(_: int, __: bytes) -> Said:
        over.wait(10)
        return fine({})

    with serving(script) as asked:
        began = time.monotonic()
        with pytest.raises(ServerUnavailable, match="it is silent"):
            server(asked.url, retries=0).post("/v1/x", BODY)
        assert time.monotonic() - began < 3
        over.set()


def test_the_key_and_the_page_follow_no_redirection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCLAKE_VISION_KEY", "k3y-Of-The-Server-5")
    with (
        serving(lambda *_: fine({})) as stranger,
        serving(lambda *_: (302, {"Location": stranger.url}, b"")) as asked,
    ):
        with pytest.raises(ServerUnavailable, match="HTTP 302"):
            server(asked.url).post("/v1/x", BODY)
        assert (len(asked.bodies), stranger.bodies) == (1, [])


def test_a_refusal_is_not_asked_again_and_a_dead_server_is_left_alone() -> None:
    with serving(lambda *_: (422, {}, b"")) as asked:
        with pytest.raises(ServerRefused, match="HTTP 422"):
            server(asked.url).post("/v1/x", BODY)
        assert len(asked.bodies) == 1
    dead = server(asked.url, retries=0)
    for _ in range(3):
        with pytest.raises(ServerUnavailable) as gone:
            dead.post("/v1/x", BODY)
        assert asked.url not in str(gone.value)
    with pytest.raises(ServerUnavailable, match="earlier in this run"):
        dead.post("/v1/x", BODY)


def test_what_a_run_may_ask_is_taken_whole_or_not_at_all() -> None:
    asked = server("http://127.0.0.1:9", per_run=5)
    asked.take(4)
    with pytest.raises(ServerUnavailable, match="used up"):
        asked.take(2)
    asked.take(1)


def test_an_answer_without_end_is_refused() -> None:
    with (
        serving(lambda *_: (200, {}, b" " * (17 << 20))) as asked,
        pytest.raises(ServerRefused, match="larger"),
    ):
        server(asked.url).post("/v1/x", BODY)


def test_a_stream_is_asked_for_again_until_its_first_event_and_never_after() -> None:
    def script(number: int, _: bytes) -> Said:
        if number == 0:
            return 503, {"Retry-After": "0"}, b""
        return streamed([event("one"), b"data: broken\n\n"])

    with serving(script) as asked:
        heard = server(asked.url, retries=3).stream("/v1/x", BODY)
        assert next(heard)["choices"][0]["delta"] == {"content": "one"}
        with pytest.raises(ServerUnavailable, match="broke off its answer: its answer is no JSON"):
            next(heard)
    assert len(asked.bodies) == 2


def test_a_server_that_was_given_up_is_asked_again_after_its_rest() -> None:
    settings = VisionSettings(url="http://127.0.0.1:9", model="m", retries=0)
    given_up = Servers(rest=0.5).of("vision", settings)
    for _ in range(3):
        with pytest.raises(ServerUnavailable):
            given_up.post("/v1/x", BODY)
    with pytest.raises(ServerUnavailable, match="earlier in this run"):
        given_up.post("/v1/x", BODY)
    time.sleep(0.6)
    with pytest.raises(ServerUnavailable, match="refused"):
        given_up.post("/v1/x", BODY)
