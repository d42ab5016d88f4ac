"""Asks servers, one request after the other, with the pauses that they want."""

from __future__ import annotations

import hashlib
import io
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from doclake.settings.source_kinds import WebOptions
from doclake.sources.patience import patiently
from doclake.sources.web import urls
from doclake.sources.web.addresses import CheckedNetwork
from doclake.sources.web.answers import (
    GONE,
    REDIRECTS,
    Answer,
    BudgetReached,
    Refused,
    Wants,
)
from doclake.sources.web.busy import busy, passes
from doclake.sources.web.pace import Pace

if TYPE_CHECKING:
    import httpx
    from httpx import Headers

BODY_MB = 32
"""The largest page whose links are read."""
SLOWEST = 20
"""So many times the `timeout` a whole answer may take, however steadily it trickles."""


class Client:
    """One for each source and process. Threads may share it."""

    def __init__(
        self, options: WebOptions, scheme: str, auth: httpx.Auth | None, host: str, pace: Pace
    ) -> None:
        """`auth` is told to `host` alone."""
        self._options = options
        self._scheme, self._auth, self._host = scheme, auth, host
        self._secure: set[str] = set()
        self._pauses: dict[str, float] = {}
        self._pace = pace
        self._left = options.max_mb << 20
        self._http = _http(options)
        weakref.finalize(self, self._http.close)

    def begin(self) -> None:
        """A listing, with a budget of its own."""
        self._left = self._options.max_mb << 20

    def slow_down(self, host: str, seconds: float) -> None:
        """Pause at least so long between two requests to this host."""
        self._pauses[host] = max(seconds, self._options.delay.total_seconds())

    def url(self, path: str) -> str:
        secure = urls.host_of(path) in self._secure
        return urls.url_of(path, "https" if secure else self._scheme)

    def get(self, path: str, wants: Wants, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises `Refused`, `BudgetReached`, `Busy`, `SourceError` or the errors of httpx."""

        def once() -> Answer:
            with closing(self._sent(path, headers or {})) as response:
                if response.status_code != 200:
                    return Answer(response.status_code, response.headers, _target(response))
                return self._read(response, wants)

        answer = patiently(self._options, passes, once)
        if self._is_made_secure(path, answer.location):
            return self.get(path, wants, headers)
        return answer

    def open(self, path: str) -> tuple[Headers, BinaryIO]:
        """Headers and body of a page that is there; raises as `get`, and `Refused` for any other
        answer."""
        response = patiently(self._options, passes, lambda: self._sent(path, {}))
        if response.status_code == 200:
            return response.headers, io.BufferedReader(_Body(response))
        response.close()
        if self._is_made_secure(path, _target(response)):
            return self.open(path)
        raise Refused(response.status_code)

    def _is_made_secure(self, path: str, location: str | None) -> bool:
        """Whether it leads from http to https, the path being the same."""
        host = urls.host_of(path)
        if location != path or self._scheme == "https" or host in self._secure:
            return False
        self._secure.add(host)
        return True

    def _sent(self, path: str, headers: Mapping[str, str]) -> httpx.Response:
        host = urls.host_of(path)
        self._pace.wait(host, self._pauses.get(host, self._options.delay.total_seconds()))
        request = self._http.build_request("GET", self.url(path), headers=dict(headers))
        auth = self._auth if host == self._host else None
        response = self._http.send(request, stream=True, auth=auth)
        status = response.status_code
        if status in (200, 304) or status in GONE or status in REDIRECTS:
            return response
        response.close()
        raise busy(status, response.headers) or Refused(status)

    def _read(self, response: httpx.Response, wants: Wants) -> Answer:
        headers = response.headers
        wanted = wants(headers)
        if wanted == "nothing":
            encoded = "content-encoding" in headers
            told = "" if encoded else headers.get("content-length", "")
            return Answer(200, headers, size=int(told) if told.isdecimal() else 0)
        digest, body, size = hashlib.sha256(), bytearray(), 0
        end = time.monotonic() + SLOWEST * self._options.timeout.total_seconds()
        for block in response.iter_bytes():
            size += len(block)
            self._left -= len(block)
            if self._left < 0:
                raise BudgetReached(f"`max_mb`, {self._options.max_mb:,}, is reached")
            if time.monotonic() > end:
                raise TimeoutError("the answer does not come to its end")
            digest.update(block)
            if wanted == "body":
                body += block
                if size > BODY_MB << 20:
                    raise ValueError(f"a page of more than {BODY_MB} MB")
        kept = bytes(body) if wanted == "body" else None
        return Answer(200, headers, body=kept, digest=digest.hexdigest(), size=size)


class _Body(io.RawIOBase):
    """The body of an answer as a stream."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._blocks: Iterator[bytes] = response.iter_bytes()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self._response.close()
        super().close()


def _http(options: WebOptions) -> httpx.Client:
    import httpcore
    import httpx

    given = options.private_addresses
    everywhere = given is True
    allowed = () if isinstance(given, bool) else given
    # The environment's certificates count, its proxies do not: they would resolve names unchecked.
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(),
        network_backend=CheckedNetwork(allowed, everywhere=everywhere),
        max_connections=8,
        keepalive_expiry=30.0,
    )
    return httpx.Client(
        transport=transport,
        timeout=options.timeout.total_seconds(),
        headers={"User-Agent": options.agent, "Accept": "*/*"},
        follow_redirects=False,
    )


def _target(response: httpx.Response) -> str | None:
    if response.status_code not in REDIRECTS:
        return None
    url = urls.joined(str(response.request.url), response.headers.get("location", ""))
    return None if url is None else urls.path_of(url)
