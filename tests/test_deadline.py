"""Calls that may hang."""

from __future__ import annotations

import time

import pytest

from doclake.deadline import within


def test_a_call_gives_its_result_or_raises_its_own_error():
    assert within(5, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_a_time_out_of_the_call_itself_is_told_as_it_is():
    def call() -> None:
        raise TimeoutError("the server said so")

    with pytest.raises(TimeoutError, match="the server said so"):
        within(5, call)


def test_a_call_that_hangs_is_not_waited_for():
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        within(0.1, lambda: time.sleep(3))
    assert time.monotonic() - begun < 2
