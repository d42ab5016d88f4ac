"""Sitemaps (sitemaps.org): lists of pages, or of further sitemaps."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from doclake.sources.web import urls

_HEAD = 2_048
_GZIP = b"\x1f\x8b"
MOST_BYTES = 50 << 20
"""That the protocol allows."""


class Sitemap(NamedTuple):
    """The paths that it names: of pages, or of further sitemaps if it is an index."""

    links: list[str]
    is_index: bool


def read(url: str, body: bytes) -> Sitemap | None:
    """The sitemap at `url`; None for what is no sitemap. Raises `ValueError` for one that is broken
    or larger than it may be."""
    from lxml import etree

    if body.startswith(_GZIP):
        body = _unpacked(body)
    head = body[:_HEAD]
    if b"<urlset" not in head and b"<sitemapindex" not in head:
        return None
    parser = etree.XMLPullParser(
        ("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    found: dict[str, None] = {}
    try:
        parser.feed(body)
        for _, element in parser.read_events():
            if etree.QName(element).localname == "loc" and element.text:
                page = urls.joined(url, element.text)
                if page is not None:
                    found[urls.path_of(page)] = None
            element.clear(keep_tail=True)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise ValueError(f"a broken sitemap: {error}") from error
    return Sitemap(list(found), b"<sitemapindex" in head)


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"a broken sitemap: {error}") from error
    if unpacking.unconsumed_tail:
        raise ValueError("a sitemap of more than 50 MB")
    return unpacked
