"""Calls that may hang: a mount, a store or a server that gives no answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def started(call: Callable[[], T]) -> Future[T]:
    """The call, at work in a thread of its own. Nothing can stop it: a call that nobody waits for
    any more goes on by itself, and ends with the process at the latest."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # whoever waits gets it, as from any call
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call gives or raises; raises `TimeoutError` if that takes longer than so many
    seconds."""
    future = started(call)
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():
            raise  # its own
        raise TimeoutError(f"no answer within {seconds:g} s") from None
