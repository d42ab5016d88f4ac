"""The pages that are known from the listing before, and those of this one for the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa

from doclake.sources.page_memory import PageMemory
from doclake.tables.crawled_pages import CRAWLED_PAGES, CrawledPage
from doclake.tables.rows import strings

AT_ONCE = 1_000


class Remembered:
    """Rows that were made under other `rules` count for nothing. Rows stay in Arrow: the links of
    many pages would fill the memory as strings of Python."""

    def __init__(self, memory: PageMemory | None, rules: str) -> None:
        self._memory, self._rules = memory, rules
        self._known = CRAWLED_PAGES.schema.empty_table()
        if memory is not None:
            self._known = memory.read()
        paths = strings(self._known["path"])
        self._place = {path: number for number, path in enumerate(paths)}
        self._made: list[CrawledPage] = []

    def row(self, path: str) -> CrawledPage | None:
        """What is known of a page."""
        place = self._place.get(path)
        if place is None:
            return None
        (row,) = CRAWLED_PAGES.rows(self._known.slice(place, 1))
        return row if row["rules"] == self._rules else None

    def keep(self, row: CrawledPage) -> None:
        """For the next listing."""
        if self._memory is None or row == self.row(row["path"]):
            return
        self._made.append(row)
        if len(self._made) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._memory is not None and self._made:
            self._memory.write(CRAWLED_PAGES.arrow(self._made))
        self._made = []

    def forget_all_but(self, paths: Collection[str]) -> None:
        """After a listing that saw all there is."""
        gone = [place for path, place in self._place.items() if path not in paths]
        if self._memory is not None and gone:
            self._memory.forget(strings(self._known["doc_id"].take(pa.array(gone))))


def conditions(row: CrawledPage | None) -> Mapping[str, str]:
    """Headers that ask for a page only if it is not as it is known."""
    if row is None:
        return {}
    asked = {"If-None-Match": row["etag"], "If-Modified-Since": row["last_modified"]}
    return {name: value for name, value in asked.items() if value}
