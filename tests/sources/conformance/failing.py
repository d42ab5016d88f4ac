"""Servers that fail in the midst of an answer, or have no time: for the places of the suite."""

from __future__ import annotations

from collections.abc import Callable

from doclake.sources.conformance import Place
from tests.sources.tunnels import Relay

TOO_MANY = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n"
    b"Content-Type: text/plain\r\n\r\n"
)
_RELAYS: list[Relay] = []


def relay_to(port: int) -> Relay:
    _RELAYS.append(Relay(port))
    return _RELAYS[-1]


def close_relays() -> None:
    while _RELAYS:
        _RELAYS.pop().close()


def cut_short(place: Place, port: int, lead: Callable[[int], None]) -> None:
    """Break off in the midst of what a listing is answered. `lead` leads the source of the place to
    a port, in place of this one."""
    relay = relay_to(port)
    lead(relay.port)
    assert sum(len(batch) for batch in place.opened().list()), "it cannot be listed at all"
    relay.left = relay.passed // 2


def throttle(port: int, lead: Callable[[int], None], answer: bytes = TOO_MANY) -> None:
    """Answer that too many requests came."""
    relay = relay_to(port)
    lead(relay.port)
    relay.says = answer
