"""What is known of the pages of a web site: the memory of its crawl, in the lake.

Nothing is kept of an erased page, nor of a page with a link to one, whose address that is: these
are read whole at each listing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from doclake import ids
from doclake.lake import erased, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.crawled_pages import CRAWLED_PAGES
from doclake.tables.rows import strings

_AT_ONCE = 1_000


class CrawledPages:
    """Of one source. Two processes that list it at once write the same; the last one counts."""

    def __init__(self, lake: Lake, source: str, *, read_only: bool = False) -> None:
        self._lake, self._source = lake, source
        self._read_only = read_only

    def read(self) -> pa.Table:
        return self._lake.read(CRAWLED_PAGES.name, Scope(self._source))

    def write(self, pages: pa.Table) -> None:
        if self._read_only:
            return
        gone = erased.ids(self._lake, self._source)
        kept = erased.without(pages, gone)
        if gone:
            rows = CRAWLED_PAGES.rows(kept.select(["links"]))
            stays = [not self._leads_to(row["links"], gone) for row in rows]
            kept = kept.filter(pa.array(stays, pa.bool_()))
        scope = Scope(self._source, where={"doc_id": strings(pages["doc_id"])})
        with locks.table(self._lake, CRAWLED_PAGES.name):
            self._lake.replace(CRAWLED_PAGES.name, scope, kept)

    def _leads_to(self, links: Sequence[str], gone: Collection[str]) -> bool:
        return any(ids.doc_id(self._source, link) in gone for link in links)

    def forget(self, doc_ids: Sequence[str]) -> None:
        if self._read_only:
            return
        for start in range(0, len(doc_ids), _AT_ONCE):
            where = {"doc_id": doc_ids[start : start + _AT_ONCE]}
            with locks.table(self._lake, CRAWLED_PAGES.name):
                self._lake.delete(CRAWLED_PAGES.name, Scope(self._source, where=where))


def forget(lake: Lake, source: str) -> None:
    """All pages of a source: links to an erased one stand in the rows of others."""
    with locks.table(lake, CRAWLED_PAGES.name):
        lake.delete(CRAWLED_PAGES.name, Scope(source))
