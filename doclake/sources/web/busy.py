"""Servers of HTTP that have no time now, and when they are asked again."""

from __future__ import annotations

from collections.abc import Mapping

from doclake import clock
from doclake.sources.patience import LONGEST_PAUSE, Busy
from doclake.sources.web.answers import moment, phrase

_BUSY = frozenset({429, 500, 502, 503, 504})


def busy(status: int, headers: Mapping[str, str]) -> Busy | None:
    """The error of a server that may have time later; None for any other answer."""
    if status not in _BUSY:
        return None
    told = f"the server answers {status} {phrase(status)}"
    return Busy(told, _retry_after(headers.get("retry-after")))


def passes(error: BaseException) -> bool:
    """Of an error of httpx, or `Busy`."""
    import httpx

    if isinstance(error, Busy):
        return error.retry_after <= LONGEST_PAUSE
    return isinstance(error, httpx.TransportError)


def _retry_after(text: str | None) -> float:
    """Seconds, from seconds or a date."""
    if text and text.strip().isdecimal():
        return float(text)
    when = moment(text)
    return 0.0 if when is None else max(0.0, when.timestamp() - clock.now().timestamp())
