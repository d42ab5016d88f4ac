"""What an answer makes of a page: whether it is a document, what tells its versions apart, and the
pages that it leads to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from doclake import ids
from doclake.settings.source_kinds import WebOptions
from doclake.sources.patience import Busy
from doclake.sources.web import sitemap, urls
from doclake.sources.web.answers import HTML, Answer, Refused, Wanted, media_type, moment
from doclake.sources.web.client import Client
from doclake.sources.web.page import Page, read_page
from doclake.tables.crawled_pages import CrawledPage

if TYPE_CHECKING:
    from httpx import Headers

SMALL = 256 << 10
"""What is no page is read, for a digest, up to this size; beyond it its ETag or date must do."""
SITEMAP, INDEX = "a sitemap", "a sitemap of sitemaps"
NOT_FOUND = "not found, though the server answers 200"
_XML = ("application/xml", "text/xml", "application/gzip", "application/x-gzip")
_PARTS = (
    *("text/css", "text/javascript", "application/javascript", "application/x-javascript"),
    *("application/wasm", "font/*", "audio/*", "video/*"),
)
"""Types of what belongs to pages: left out unless `types` names them."""


class Reading:
    """Of one listing."""

    def __init__(
        self, source: str, start: str, rules: str, client: Client, options: WebOptions
    ) -> None:
        """Rows say that they were made by `rules`. The page at `start` is there, whatever it looks
        like."""
        self._source, self._start, self._rules = source, start, rules
        self._client, self._options = client, options
        self._bounds = urls.Bounds(start, options.hosts)
        self._not_found: dict[str, str | None] = {}

    def refuses(self, media: str | None) -> str | None:
        """Why a document of this type is left out."""
        wanted, kind = self._options.types, media or "application/octet-stream"
        is_taken = _matches(kind, wanted) if wanted else not _matches(kind, _PARTS)
        return None if is_taken else f"of type {kind}"

    def wants(self, headers: Headers) -> Wanted:
        media = media_type(headers)
        if media in HTML or media in _XML:
            return "body"
        if self.refuses(media):
            return "nothing"
        length = headers.get("content-length", "")
        has_tags = "etag" in headers or "last-modified" in headers
        is_small = length.isdecimal() and int(length) <= SMALL
        return "nothing" if has_tags and not is_small else "digest"

    def row(self, path: str, answer: Answer, known: CrawledPage | None) -> CrawledPage:
        """Raises `ValueError` for a broken sitemap."""
        headers, media = answer.headers, media_type(answer.headers)
        etag, changed = headers.get("etag"), headers.get("last-modified")
        made: CrawledPage = {
            "source": self._source,
            "doc_id": ids.doc_id(self._source, path),
            "path": path,
            "rules": self._rules,
            "etag": etag,
            "last_modified": changed,
            "media_type": media or None,
            "tag": answer.digest or etag or changed,
            "size": answer.size,
            "mtime": moment(changed),
            "no_document": None,
            "canonical": None,
            "links": [],
        }
        if known is not None and answer.digest and answer.digest == known["tag"]:
            made["mtime"] = known["mtime"]  # equal bytes, whatever the server says of their age
        self._add_links(made, answer)
        return made

    def _add_links(self, made: CrawledPage, answer: Answer) -> None:
        path, body = made["path"], answer.body
        if body is None:
            return
        if made["media_type"] in HTML:
            page = self._page(path, answer, body)
            made["links"], made["canonical"] = self._within(page.links), page.canonical
            made["no_document"] = self._no_document(path, page)
            return
        told = sitemap.read(self._client.url(path), body)
        if told is not None and told.is_index:
            host = urls.host_of(path)  # on which they may stand anywhere (sitemaps.org)
            made["links"] = [
                link for link in told.links if urls.host_of(link) == host or self._bounds.hold(link)
            ]
            made["no_document"] = INDEX
        elif told is not None:
            made["links"], made["no_document"] = self._within(told.links), SITEMAP

    def _within(self, links: Sequence[str]) -> list[str]:
        return [link for link in links if self._bounds.hold(link)]

    def _page(self, path: str, answer: Answer, body: bytes) -> Page:
        url = self._client.url(path)
        return read_page(path, url, answer.headers, body, self._options.agent)

    def _no_document(self, path: str, page: Page) -> str | None:
        if page.is_left_out:
            return "noindex"
        if page.is_folder:
            return "the index of a folder"
        if path == self._start or (nothing := self._key_of_nothing(path)) is None:
            return None
        return NOT_FOUND if page.key(path) == nothing else None

    def _key_of_nothing(self, path: str) -> str | None:
        """That of what the host shows instead of a page that cannot be there; None where it says
        404, or leads elsewhere."""
        host = urls.host_of(path)
        if host not in self._not_found:
            probe = f"{host}/{uuid.uuid4().hex}"
            if host == urls.host_of(self._start):
                probe = f"{urls.folder_of(self._start)}{uuid.uuid4().hex}"
            self._not_found[host] = self._asked(probe)
        return self._not_found[host]

    def _asked(self, probe: str) -> str | None:
        try:
            answer = self._client.get(probe, self.wants)
        except (Refused, Busy):
            return None
        if answer.status != 200 or answer.body is None or media_type(answer.headers) not in HTML:
            return None
        return self._page(probe, answer, answer.body).key(probe)


def _matches(kind: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in patterns)
