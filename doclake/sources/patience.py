"""Asking again a server that is busy, fails or is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from doclake.settings.source_options import NetworkOptions

T = TypeVar("T")
LONGEST_PAUSE = 30.0  # seconds


def patiently(
    options: NetworkOptions, passes: Callable[[BaseException], bool], call: Callable[[], T]
) -> T:
    """What the call gives, tried again while `passes` says of its error that it may pass; raises
    that of the last try."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    again = Retrying(
        stop=stop_after_attempt(options.retries + 1),
        wait=wait_exponential_jitter(multiplier=0.5, max=LONGEST_PAUSE),
        retry=retry_if_exception(passes),
        reraise=True,
    )
    return again(call)
