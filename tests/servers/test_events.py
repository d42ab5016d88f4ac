"""Events of a stream, and answers that are none."""

from __future__ import annotations

import random

import pytest

from doclake.servers.events import json_events

STREAM = (
    b': hello\r\n\r\nevent: message\r\nid: 1\r\ndata: {"a": "\xea\xb0\x80"}\r\n\r\n'
    b'data:{"b":\ndata: 2}\n\nretry: 5\n\ndata: [DONE]\n\ndata: {"never": 1}\n\n'
)


@pytest.mark.parametrize("seed", range(20))
def test_events_are_found_however_the_bytes_come(seed: int) -> None:
    places = sorted(random.Random(seed).sample(range(1, len(STREAM)), seed))
    blocks = [STREAM[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]
    assert list(json_events(blocks)) == [{"a": "가"}, {"b": 2}]


def test_an_answer_that_is_not_streamed_is_one_event() -> None:
    assert list(json_events([b'\n{"a":\n', b" 1}\n"])) == [{"a": 1}]


def test_the_last_event_needs_no_blank_line() -> None:
    assert list(json_events([b'data: {"a": 1}'])) == [{"a": 1}]


@pytest.mark.parametrize(
    "said", [b"", b"no json", b": nothing\n\n", b"data: [DONE]\n\n", b"data: {\n\n"]
)
def test_what_is_no_event_and_no_json_is_an_error(said: bytes) -> None:
    with pytest.raises(ValueError):
        list(json_events([said]))
