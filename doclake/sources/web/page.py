"""What a page of HTML says of itself: its links, and whether it wants to be listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from doclake import ids
from doclake.encoding_labels import codec_of_label
from doclake.sources.web import urls
from doclake.sources.web.answers import charset

if TYPE_CHECKING:
    from httpx import Headers

_META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4_096
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FRAMES = frozenset({"iframe", "frame"})
_UNSEEN = frozenset({"script", "style", "template"})
_FOLDER = re.compile(r"(Index of|Directory listing for) /")
"""Begins the titles of the pages that Apache, nginx, lighttpd and Python make of a folder."""


@dataclass
class Page:
    """`links` and `canonical` are paths of pages, `words` those of the title and the text."""

    links: list[str] = field(default_factory=list)
    canonical: str | None = None
    is_left_out: bool = False
    is_folder: bool = False
    words: list[str] = field(default_factory=list)

    def key(self, path: str) -> str:
        """Equal for two pages that differ in numbers and in their own address alone."""
        last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
        own = {last, unquote(last)}
        kept = (
            word
            for word in self.words
            if "/" not in word and word.strip(".,:;!?\"'()") not in own and not _has_digit(word)
        )
        return ids.digest("words", *kept)


def read_page(path: str, url: str, headers: Headers, body: bytes, agent: str) -> Page:
    from lxml import etree

    own = _own_charset(body)
    used = codec_of_label(own or charset(headers) or "") or "utf-8"
    collected = _Collected(url, used, agent)
    parser = etree.HTMLParser(target=collected, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(body.decode(used, "replace").encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:  # of a body that is empty
        pass
    for directive in _directives(headers, agent):
        collected.obey(directive)
    return collected.page(path)


def as_unicode(headers: Headers, body: bytes) -> bytes:
    """The bytes of a text whose charset only the header tells, in UTF-8 with its mark, for those
    who do not have the header."""
    told = codec_of_label(charset(headers) or "")
    if told is None or told == "utf-8" or _own_charset(body):
        return body
    try:
        return body.decode(told).encode("utf-8-sig")
    except UnicodeDecodeError:
        return body


def _own_charset(body: bytes) -> str | None:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    found = _META.search(body[:_HEAD])
    return found[1].decode("ascii", "replace").lower() if found else None


def _directives(headers: Headers, agent: str) -> Iterable[str]:
    """Of X-Robots-Tag, of which a line may speak to one agent: `otherbot: noindex, nofollow`."""
    for line in headers.get_list("x-robots-tag"):
        is_ours = True
        for part in line.split(","):
            name, is_named, directive = part.rpartition(":")
            if is_named:
                is_ours = name.strip().lower() == agent.lower()
            if is_ours:
                yield directive


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


class _Collected:
    """The target of a parser: libxml2 gives no tree of a page that nests deeply."""

    def __init__(self, url: str, charset: str, agent: str) -> None:
        self._base, self._charset = url, charset
        self._agents = {"robots", agent.lower()}
        self._links: dict[str, None] = {}
        self._canonical: str | None = None
        self._noindex = self._nofollow = False
        self._unseen = 0
        self._in_title = False
        self._title = ""
        self._words: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "title":
            self._in_title = True
        elif tag in ("a", "area"):
            if "nofollow" not in attributes.get("rel", "").lower().split():
                self._link(attributes.get("href"))
        elif tag in _FRAMES:
            self._link(attributes.get("src"))
        elif tag == "link":
            self._relation(attributes)
        elif tag == "meta":
            self._meta(attributes)
        elif tag == "base" and attributes.get("href"):
            self._base = urls.joined(self._base, attributes["href"], self._charset) or self._base

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "title":
            self._in_title = False

    def data(self, text: str) -> None:
        if self._in_title:
            self._title += text
        if not self._unseen:
            self._words += text.split()

    def close(self) -> None:
        pass

    def _relation(self, attributes: Mapping[str, str]) -> None:
        relations = attributes.get("rel", "").lower().split()
        if "canonical" in relations and attributes.get("href"):
            url = urls.joined(self._base, attributes["href"], self._charset)
            self._canonical = url and urls.path_of(url)
        elif "next" in relations or "prev" in relations:
            self._link(attributes.get("href"))

    def _meta(self, attributes: Mapping[str, str]) -> None:
        content = attributes.get("content", "")
        if attributes.get("name", "").lower() in self._agents:
            for directive in content.split(","):
                self.obey(directive)
        elif attributes.get("http-equiv", "").lower() == "refresh":
            _, leads_on, target = content.partition("=")
            if leads_on:
                self._link(target.strip().strip("\"'"))

    def obey(self, directive: str) -> None:
        said = directive.strip().lower()
        self._noindex |= said in ("noindex", "none")
        self._nofollow |= said in ("nofollow", "none")

    def _link(self, link: str | None) -> None:
        if not link or link.startswith("#"):
            return
        url = urls.joined(self._base, link, self._charset)
        if url is not None:
            self._links[urls.path_of(url)] = None

    def page(self, path: str) -> Page:
        return Page(
            [] if self._nofollow else [link for link in self._links if link != path],
            self._canonical if self._canonical != path else None,
            self._noindex,
            bool(_FOLDER.match(self._title.strip())),
            self._words,
        )
