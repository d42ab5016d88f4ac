"""Who asks: read from the request before any route sees it."""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from doclake import access
from doclake.errors import RequestForbidden, RequestInvalid
from doclake.serve import tokens
from doclake.serve.client import PRINCIPALS
from doclake.serve.rates import Rates
from doclake.serve.tokens import SCOPES, Scope, Tokens
from doclake.settings import Settings


@dataclass(frozen=True)
class Caller:
    """`principals` beside `everyone`, and what the token lets them do. An operator could read the
    lake itself."""

    principals: tuple[str, ...] = ()
    has_token: bool = False
    is_operator: bool = False
    scopes: frozenset[Scope] = frozenset()


class Callers:
    """Knows callers by their requests. `operator_key` is that of the command line here."""

    def __init__(self, operator_key: str | None = None) -> None:
        self._operator_key = operator_key
        self._tokens, self._rates = Tokens(), Rates()

    def check(self, settings: Settings) -> None:
        self._tokens.check(settings)

    def of(self, headers: Mapping[str, str], address: str, settings: Settings) -> Caller:
        """Raises `RequestForbidden` for a host that is not this one, `TokenUnknown`,
        `TooManyRequests` and what `Tokens.identity` raises. May wait for a program."""
        require_host(headers.get("host", ""), settings)
        require_same_site(headers)
        token = _token(headers.get("authorization"))
        if self._operator_key and token and tokens.same(token, self._operator_key):
            return Caller(_named(headers), has_token=True, is_operator=True, scopes=SCOPES)
        if PRINCIPALS in headers:
            raise RequestForbidden(
                "Principals come from the token.", mend=f"Leave out the header {PRINCIPALS}."
            )
        most, here = settings.serve.requests_per_minute, f"address {address}"
        self._rates.take(here, most)
        if token is None:
            return Caller()
        known = self._tokens.identity(token, settings)
        self._rates.give_back(here)  # so that only those who forge tokens are counted by address
        self._rates.take(f"token {tokens.digest(token)}", most)
        return Caller(known.principals, has_token=True, scopes=known.scopes)


def _token(header: str | None) -> str | None:
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise tokens.unknown()
    return token.strip()


def _named(headers: Mapping[str, str]) -> tuple[str, ...]:
    given = headers.get(PRINCIPALS)
    if given is None:
        return ()
    try:
        return access.principals(json.loads(unquote(given)))
    except ValueError:
        raise RequestInvalid(f"The header {PRINCIPALS} is no JSON list.") from None


def require_same_site(headers: Mapping[str, str]) -> None:
    """Raises `RequestForbidden` if a page of another site sends the request through a browser."""
    origin = headers.get("origin")
    if origin is not None and _name(origin.partition("://")[2]) != _name(headers.get("host", "")):
        raise RequestForbidden(
            "A page of another site sent this request.", mend="Ask from a program, or from here."
        )


def _name(host: str) -> str:
    """Without its port."""
    name = re.sub(r":\d*$", "", host) if host.count(":") == 1 or "]" in host else host
    return name.strip("[]").lower().rstrip(".")


def require_host(host: str, settings: Settings) -> None:
    """Raises `RequestForbidden` if a browser came here under a name that is not ours: a page of
    somebody else may have its own name lead to this address (DNS rebinding)."""
    name = _name(host)
    if name in _own_names() or name in settings.serve.hosts or _is_address(name):
        return
    raise RequestForbidden(
        "This server is not reached under such a name.",
        mend="Its operator can add the name to serve.hosts.",
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _own_names() -> frozenset[str]:
    return frozenset({"localhost", socket.gethostname().lower()})
