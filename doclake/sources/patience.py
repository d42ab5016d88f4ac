"""Asking again a server that is busy, fails or is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from doclake.settings.kind_options import NetworkOptions

T = TypeVar("T")
LONGEST_PAUSE = 30.0  # seconds


class Busy(Exception):
    """A server has no time now. `retry_after`: in so many seconds it may have, by its own word."""

    def __init__(self, told: str, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(told)


def patiently(
    options: NetworkOptions, passes: Callable[[BaseException], bool], call: Callable[[], T]
) -> T:
    """What the call gives, tried again while `passes` says of its error that it may pass; raises
    that of the last try. Waits as long as a `Busy` server asks, if that is longer than usual."""
    from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
    from tenacity import wait_exponential_jitter as longer_and_longer

    usual = longer_and_longer(multiplier=0.5, max=LONGEST_PAUSE)

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, Busy) else 0.0
        return max(asked, usual(state))

    again = Retrying(
        stop=stop_after_attempt(options.retries + 1),
        wait=pause,
        retry=retry_if_exception(passes),
        reraise=True,
    )
    return again(call)
