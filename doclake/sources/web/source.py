"""A web site or an HTTP folder: the pages that its start page and its sitemaps lead to.

Each page is asked for once a listing, with the validators of the listing before; a page answers
404 or 410 to be gone. Any other error makes the listing incomplete.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from doclake import extras, ids
from doclake.errors import SettingsError
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import WebOptions
from doclake.settings.source_options import options_of, scheme_of
from doclake.sources.base import Source
from doclake.sources.entries import Entry
from doclake.sources.web import urls
from doclake.sources.web.answers import HTML, Refused, charset, media_type
from doclake.sources.web.client import BODY_MB, Client
from doclake.sources.web.crawl import Crawl, Told
from doclake.sources.web.pace import Pace
from doclake.sources.web.page import as_unicode
from doclake.sources.web.reading import Reading
from doclake.sources.web.remembered import Remembered
from doclake.sources.web.robots import Robots

if TYPE_CHECKING:
    import httpx

READ_BY = "2"
"""Raised when other links are read from equal pages: what is remembered then counts no more."""


class WebSource(Source):
    """The path of a page is its URL without the scheme."""

    options = WebOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, WebOptions)
        lake = settings.local_path(settings.lake)
        self._pace = Pace(None if lake is None else lake / "locks")

    @cached_property
    def _start(self) -> str:
        """The path of the start page; raises `SettingsError` for a URL that cannot be one."""
        url = urls.joined(self.url, "")
        if url is None:
            problem = (f"sources.{self.name}.url", self.url, "https://host/path")
            raise SettingsError(f"{self.url} is no URL of a page.", problems=[problem])
        return urls.path_of(url)

    @cached_property
    def _client(self) -> Client:
        extras.require("protego", f"The web site of source {self.name}")
        host = urls.host_of(self._start)
        return Client(self._options, scheme_of(self.url), self._auth(), host, self._pace)

    def _auth(self) -> httpx.Auth | None:
        import httpx

        user = self._options.user
        return httpx.BasicAuth(user, self.secret("password")) if user else None

    @cached_property
    def _robots(self) -> Robots:
        """Of the pages that are opened; each listing asks again."""
        return Robots(self._client, self._options.agent)

    @property
    def _rules(self) -> str:
        return ids.digest("web", READ_BY, self._start, self._options.agent, *self._options.hosts)

    def _entries(self) -> Iterator[Entry]:
        client = self._client
        known = Remembered(self.pages, self._rules)
        reading = Reading(self.name, self._start, self._rules, client, self._options)
        told = Told(self._tell_failure, self._leave_out, self._excluded)
        is_empty = True
        for entry in Crawl(self._start, self._options, client, reading, known, told).entries():
            is_empty = False
            yield entry
        if is_empty and not self.failures:
            self._empty()

    def _excluded(self, path: str) -> str | None:
        """What `exclude` takes away is not asked for; what `include` does not name may lead to what
        it names."""
        hidden = next(filter(None, map(self._hides, path.split("/"))), None)
        if hidden:
            return hidden
        reason = self.selection.leaves_out(path)
        return reason if reason == "excluded" else None

    def _tell_failure(self, path: str, error: Exception | str) -> None:
        if isinstance(error, Refused) and error.status == 401:
            why = str(error) if self._options.user else f"{error}, and `options` names no `user`"
            error = self.credentials_refused(why, "password")
        self._failed(path, error)

    def require(self) -> None:
        """Asks for the start page alone."""
        self.failures, self.failed, self._mend = [], 0, ""
        try:
            self._fetchable(self._start)
            self._client.open(self._start)[1].close()
        except Exception as error:  # each library has error types of its own
            self._tell_failure(self._start, error)
            raise self._incomplete() from error

    def _fetchable(self, path: str) -> None:
        rules = self._robots.rules(urls.host_of(path))
        if not rules.allow(self._client.url(path)):
            raise ValueError("robots.txt does not let this agent fetch it")

    def open(self, path: str) -> BinaryIO:
        try:
            urls.url_of(path, "https")
            if not urls.Bounds(self._start, self._options.hosts).hold(path):
                raise ValueError("not a page of this source")
            self._fetchable(path)
            headers, body = self._client.open(path)
            if not media_type(headers).startswith("text/") and media_type(headers) not in HTML:
                return body
            if charset(headers) in (None, "utf-8"):
                return body
            with body:
                head = body.read(BODY_MB << 20)
                return io.BytesIO(as_unicode(headers, head) + body.read())
        except SettingsError:
            raise
        except Exception as error:  # each library has error types of its own
            raise self._unreadable(path, in_words(error)) from error
