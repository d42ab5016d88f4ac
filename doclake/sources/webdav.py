"""A folder of a WebDAV server: `webdavs://host/path`, over TLS, or `webdav://`, without."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit

from doclake import extras
from doclake.errors import DocumentError
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import WebdavOptions
from doclake.settings.source_options import options_of
from doclake.sources.filesystem import RemoteSource
from doclake.sources.patience import patiently
from doclake.sources.web.busy import busy, passes

T = TypeVar("T")
_REFUSED = (401, 403)
IN_MEMORY = 16 << 20  # bytes of a document


class WebdavSource(RemoteSource):
    options = WebdavOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._login = options_of(source, WebdavOptions)

    def _open(self) -> tuple[Any, str]:
        extras.require("webdav4", f"The WebDAV server of source {self.name}")
        from webdav4.fsspec import WebdavFileSystem

        place = urlsplit(self.url)
        scheme = "https" if place.scheme.lower() == "webdavs" else "http"
        user = self._login.user
        password = self.secret("password", required=False)
        filesystem = WebdavFileSystem(
            f"{scheme}://{place.netloc}",
            auth=(user, password) if user else None,
            retry=self._patient,
            timeout=self._login.timeout.total_seconds(),
            skip_instance_cache=True,
        )
        weakref.finalize(self, filesystem.client.http.close)
        return filesystem, unquote(place.path).strip("/")

    def _members(self, folder: str) -> list[dict[str, Any]]:
        from webdav4.client import ClientError, HTTPError

        try:
            found = super()._members(quote(folder))  # it does not, and sends `?` as it is
        except ClientError as error:
            if isinstance(error, HTTPError) and error.status_code in _REFUSED:
                raise self.credentials_refused(f"HTTP {error.status_code}", "password") from error
            raise
        for info in found:
            path = info["name"].strip("/").removeprefix(self.root.strip("/")).lstrip("/")
            if not info["type"] and self._enters(path):  # a folder, which may hold anything
                self._failed(path, "the server does not say what it is", f"{path}/")
        return [info for info in found if info["type"]]

    def _patient(self, call: Callable[[], T]) -> T:
        """What the call gives, tried again where the server is busy, fails or is silent."""
        from webdav4.client import HTTPError

        def once() -> T:
            try:
                return call()
            except HTTPError as error:
                raise busy(error.status_code, error.response.headers) or error from error

        return patiently(self._login, passes, once)

    def open(self, path: str) -> BinaryIO:
        """By one GET: the library asks first what is there, and takes no `?` in a name."""
        try:
            url = self.filesystem.client.join_url(quote(self._full_path(path)))
            return self._patient(lambda: self._fetched(url))
        except DocumentError:
            raise
        except Exception as error:  # of httpx or of webdav4
            raise self._unreadable(path, in_words(error)) from error

    def _fetched(self, url: Any) -> BinaryIO:
        with ExitStack() as exits:
            file = exits.enter_context(SpooledTemporaryFile(IN_MEMORY))
            with self.filesystem.client.http.stream("GET", url) as answer:
                if error := busy(answer.status_code, answer.headers):
                    raise error
                answer.raise_for_status()
                for block in answer.iter_bytes():
                    file.write(block)
            file.seek(0)
            exits.pop_all()
            return cast("BinaryIO", file)
