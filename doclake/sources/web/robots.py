"""What robots.txt of a host allows: RFC 9309, by protego, and its Crawl-delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.errors import SourceError
from doclake.errors.foreign import in_words
from doclake.sources.patience import Busy
from doclake.sources.web.answers import REDIRECTS, Refused, Wanted
from doclake.sources.web.client import Client

if TYPE_CHECKING:
    from httpx import Headers
    from protego import Protego

MOST_HOPS = 5
"""Redirects that RFC 9309 wants followed."""
LONGEST_DELAY = 300.0
READ_BYTES = 512_000
"""RFC 9309 wants at least 500 KiB read."""


class Rules:
    """Of one host."""

    def __init__(self, parsed: Protego, agent: str) -> None:
        self._parsed, self._agent = parsed, agent
        self.delay = float(parsed.crawl_delay(agent) or 0)
        self.sitemaps = list(parsed.sitemaps)

    def allow(self, url: str) -> bool:
        allowed: bool = self._parsed.can_fetch(url, self._agent)
        return allowed


class Robots:
    """The rules of each host, asked for once."""

    def __init__(self, client: Client, agent: str) -> None:
        self._client, self._agent = client, agent
        self._known: dict[str, Rules | SourceError] = {}

    def rules(self, host: str) -> Rules:
        """Raises `SourceError` while nothing may be fetched there."""
        if host not in self._known:
            try:
                self._known[host] = self._asked(host)
            except SourceError as error:
                self._known[host] = error
        known = self._known[host]
        if isinstance(known, SourceError):
            raise known
        return known

    def _asked(self, host: str) -> Rules:
        from protego import Protego

        text = self._body(host)[:READ_BYTES].decode("utf-8-sig", "replace")
        rules = Rules(Protego.parse(text), self._agent)
        if rules.delay > LONGEST_DELAY:
            raise SourceError(
                f"{host}/robots.txt wants {rules.delay:g} s between two requests; Doclake waits "
                f"{LONGEST_DELAY:g} s at most",
                mend="Ask whoever runs the site for a shorter delay for this agent.",
            )
        self._client.slow_down(host, rules.delay)
        return rules

    def _body(self, host: str) -> bytes:
        """Empty where there is none: RFC 9309, 2.3.1.2 and 2.3.1.3."""
        import httpx

        path = f"{host}/robots.txt"
        try:
            for _ in range(MOST_HOPS + 1):
                answer = self._client.get(path, _whole)
                if answer.status not in REDIRECTS:
                    return answer.body or b""
                if answer.location is None:
                    return b""
                path = answer.location
        except Refused as error:
            if 400 <= error.status < 500:
                return b""
            raise _unknown(host, error) from error
        except (Busy, httpx.HTTPError, ValueError, TimeoutError) as error:
            raise _unknown(host, error) from error
        return b""


def _whole(_: Headers) -> Wanted:
    return "body"


def _unknown(host: str, error: Exception) -> SourceError:
    return SourceError(
        f"{host}/robots.txt cannot be read ({in_words(error)}), so nothing there may be fetched",
        mend="See that the site answers; the next listing tries again.",
    )
