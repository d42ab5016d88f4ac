"""Rows of a REST service: a resource whose answers hold lists of JSON objects, through dlt.

Each listing reads all pages. dlt knows how services page; what it takes for an empty or a last
page, such as an answer without the list, is an error here: absent rows would be deleted. Its client
follows redirects and links to other hosts with our secrets; `RestSession` does neither.

https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import weakref
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urljoin

from doclake import extras, ids
from doclake.display import shown
from doclake.errors import SettingsError, SourceError
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import RestOptions
from doclake.settings.source_options import options_of, scheme_of
from doclake.sources.base import Source
from doclake.sources.entries import Entry
from doclake.sources.path_names import to_name
from doclake.sources.row_documents import SUFFIXES, readers_of, rendered

if TYPE_CHECKING:
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import BasePaginator

    from doclake.sources.rest_session import RestSession


class RestSource(Source):
    """`rest://api.example.com/v2` is asked over HTTPS, `rest+http://` is not encrypted. The path of
    a row is its key."""

    options = RestOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = given = options_of(source, RestOptions)
        self._content = [given.blob] if given.blob else [*given.text]
        self._beside = [*filter(None, [given.title]), *given.metadata] if given.text else []
        # Rows are read anew when other columns become documents, or the same in another form.
        self._form = ids.digest("row", *self._content, "|", *self._beside, given.format)[:12]
        # Of the last listing, by path. SQLite keeps it in a file of its own once it is large.
        self._rows = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._rows.close)
        self._is_listed = False

    @cached_property
    def _base(self) -> str:
        scheme = "http" if scheme_of(self.url) == "rest+http" else "https"
        return f"{scheme}://{self.url.partition('://')[2].rstrip('/')}/"

    @cached_property
    def _session(self) -> RestSession:
        extras.require("dlt", f"The service of source {self.name}")
        from doclake.sources.rest_session import RestSession

        given = self._options
        session = RestSession(self._base, given, self._refused)
        if given.login == "none":
            return session
        secret = self.secret("password" if given.login == "basic" else "token")
        if given.login == "basic":
            session.auth = (given.user or "", secret)
        elif given.login == "bearer":
            session.headers["Authorization"] = f"Bearer {secret}"
        elif given.login == "header":
            session.headers[given.header or ""] = secret
        return session

    def _refused(self, why: str) -> SourceError:
        if self._options.login == "none":
            return SourceError(f"{self.url} wants to know who asks: {why}.", source=self.name)
        secret = "password" if self._options.login == "basic" else "token"
        return self.credentials_refused(why, secret)

    def _client(self) -> RESTClient:
        os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
        session = self._session
        from dlt.common.configuration.specs import RuntimeConfiguration
        from dlt.sources.helpers.rest_client import RESTClient

        settings = RuntimeConfiguration()  # not what stands in files and variables of dlt
        return RESTClient(self._base, session=session, config=settings)

    def _paginator(self) -> BasePaginator:
        from dlt.sources.rest_api.config_setup import create_paginator

        key, told = f"sources.{self.name}.options.pagination", dict(self._options.pagination)
        try:
            made = create_paginator(told)
        except (TypeError, ValueError) as error:
            problem = (key, json.dumps(told), in_words(error))
            raise SettingsError(f"{key} is none that dlt knows.", problems=[problem]) from error
        assert made is not None, "`auto` is refused with the settings"
        return made

    def _pages(self) -> Iterator[list[Any]]:
        """Raises `SourceError` for an answer without the list."""
        from dlt.common import jsonpath

        given, client = self._options, self._client()
        asked = client.paginate(
            given.resource.lstrip("/"),
            params=dict(given.params),
            paginator=self._paginator(),
            data_selector=given.rows,
            hooks={"response": []},  # the session judges answers
        )
        for number, page in enumerate(asked, 1):
            lists = jsonpath.find_values(given.rows, page.response.json())
            if len(lists) != 1 or not isinstance(lists[0], list):
                raise SourceError(
                    f"page {number} of {given.resource} holds no list at {given.rows}"
                )
            yield lists[0]
            if number >= given.max_pages and page.paginator.has_next_page:
                self._failed(self.url, f"more than {number:,} pages, which is `max_pages`")
                return

    def _entries(self) -> Iterator[Entry]:
        self._rows.execute("DROP TABLE IF EXISTS rows")
        self._rows.execute("CREATE TABLE rows (path TEXT PRIMARY KEY, row TEXT) WITHOUT ROWID")
        is_empty = True
        for row in (row for page in self._pages() for row in page):
            is_empty = False
            path = self._path(row)
            if path is None:
                self._failed(self.url, f"a row without a key in {', '.join(self._options.id)}")
                continue
            values = json.dumps({name: _at(row, name) for name in [*self._content, *self._beside]})
            try:
                self._rows.execute("INSERT INTO rows VALUES (?, ?)", (path, values))
            except sqlite3.IntegrityError:
                # Also where a row came before others while we went from page to page: by then one
                # was shown twice, and with a deletion one would not be shown at all.
                self._failed(self.url, f"several rows have the key {shown(path)[:80]}")
            else:
                yield self._entry(path, row, values)
        self._is_listed = True
        if is_empty:
            self._empty()

    def _path(self, row: Any) -> str | None:
        given = self._options
        key = [_at(row, name) for name in given.id]
        if any(part is None or part == "" or isinstance(part, list | dict) for part in key):
            return None
        named = "/".join(
            to_name(part if isinstance(part, str) else json.dumps(part)) for part in key
        )
        return named if given.blob else named + SUFFIXES[given.format]

    def _entry(self, path: str, row: Any, values: str) -> Entry:
        given = self._options
        version = _at(row, given.version) if given.version else ids.digest("content", values)
        access = None
        if given.access:
            access = readers_of(path, given.access, _at(row, given.access), self._is_unclear)
        return Entry(path, 0, None, f"{json.dumps(version)} {self._form}", access)

    def open(self, path: str) -> BinaryIO:
        if not self._is_listed:
            for _ in self._documents():
                pass
            self._is_listed = not self.failures
        query = "SELECT row FROM rows WHERE path = ?"
        with closing(self._rows.execute(query, (path,))) as found:
            row = found.fetchone()
        if row is None:
            raise self._unreadable(
                path, "no row has this key" if self._is_listed else self.failures[0]
            )
        values, given = json.loads(row[0]), self._options
        if given.blob:
            return self._file(path, values[given.blob])
        metadata = {name: values[name] for name in given.metadata}
        parts = [values[name] for name in given.text]
        title = values[given.title] if given.title else None
        return io.BytesIO(rendered(parts, given.format, title, metadata))

    def _file(self, path: str, address: Any) -> BinaryIO:
        from requests import RequestException

        if not isinstance(address, str) or not address:
            raise self._unreadable(path, f"{self._options.blob} holds no address of a file")
        try:
            return io.BytesIO(self._session.get(urljoin(self._base, address)).content)
        except (RequestException, SourceError) as error:
            raise self._unreadable(path, in_words(error)) from error


def _at(row: Any, name: str) -> Any:
    """A value of a row; `.` leads into objects. None where it is not there."""
    for part in name.split("."):
        row = row.get(part) if isinstance(row, Mapping) else None
    return row
