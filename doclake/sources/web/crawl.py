"""A crawl: page after page from the start, the nearest first, within bounds and budgets."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from doclake.errors import SourceError
from doclake.settings.source_kinds import WebOptions
from doclake.sources.entries import Entry
from doclake.sources.web import urls
from doclake.sources.web.answers import GONE, REDIRECTS, BudgetReached, Refused
from doclake.sources.web.client import Client
from doclake.sources.web.reading import INDEX, SITEMAP, Reading
from doclake.sources.web.remembered import Remembered, conditions
from doclake.sources.web.robots import Robots, Rules
from doclake.tables.crawled_pages import CrawledPage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_HOPS = 10
"""Redirects in a row."""
MOST_FAILURES = 5
"""After so many failures in a row a host is asked no more."""


class Told(NamedTuple):
    """How a crawl tells which part failed and which page is left out, and asks whether a page is
    excluded. Pages go by their paths."""

    failed: Callable[[str, Exception | str], None]
    left_out: Callable[[str, str], None]
    excluded: Callable[[str], str | None]


class Step(NamedTuple):
    """A page to visit, how many links from the start, after how many redirects in a row."""

    path: str
    depth: int = 0
    hops: int = 0


class Crawl:
    """One listing."""

    def __init__(
        self,
        start: str,
        options: WebOptions,
        client: Client,
        reading: Reading,
        known: Remembered,
        told: Told,
    ) -> None:
        self._start, self._options, self._client = start, options, client
        self._reading, self._known, self._told = reading, known, told
        self._bounds = urls.Bounds(start, options.hosts)
        self._robots = Robots(client, options.agent)
        self._waiting: deque[Step] = deque()
        self._seen: set[str] = set()
        self._only_sitemaps: set[str] = set()
        self._guessed = f"{urls.host_of(start)}/sitemap.xml"
        self._listed: set[str] = set()
        self._copies: list[tuple[Entry, str]] = []
        self._failures: Counter[str] = Counter()
        self._silent: set[str] = set()
        self._visited = 0
        self._is_whole = True
        self._is_full = False
        self._most = f"{options.max_pages:,}"

    def entries(self) -> Iterator[Entry]:
        self._client.begin()
        self._begin()
        try:
            while self._waiting:
                yield from self._visit(self._waiting.popleft())
            yield from self._copies_of_nothing()
        except BudgetReached as error:
            self._fail(self._start, f"{error}, and there is more to read")
        finally:
            self._known.flush()
        if self._is_whole:
            self._known.forget_all_but(self._seen)

    def _begin(self) -> None:
        self._enqueue(Step(self._start))
        host = urls.host_of(self._start)
        rules = self._rules(host) if self._options.sitemap else None
        if rules is None:
            return
        base = self._client.url(f"{host}/")
        named = [url for each in rules.sitemaps if (url := urls.joined(base, each))]
        paths = [urls.path_of(url) for url in named]
        if self._guessed in paths:
            self._guessed = ""
        for path in filter(None, [*paths, self._guessed]):
            self._enqueue_sitemap(Step(path))

    def _enqueue_sitemap(self, step: Step) -> None:
        """What is a sitemap wherever it stands; outside of the source it is nothing else. Sitemaps
        come before pages."""
        path = step.path
        if path in self._seen or self._is_over_full():
            return
        self._seen.add(path)
        self._only_sitemaps.add(path)
        self._waiting.appendleft(step)

    def _enqueue(self, step: Step) -> None:
        path = step.path
        if path in self._seen or not self._bounds.hold(path) or urls.is_sorted_folder(path):
            return
        reason = self._told.excluded(path)
        if self._is_over_full(tells=not reason):
            return
        self._seen.add(path)
        if reason:
            self._told.left_out(path, reason)
        else:
            self._waiting.append(step)

    def _is_over_full(self, *, tells: bool = True) -> bool:
        """So a page without end fills no memory."""
        is_over = len(self._seen) > 2 * self._options.max_pages
        if is_over and tells and not self._is_full:
            self._is_full = True
            self._fail(self._start, f"links to over twice `max_pages`, {self._most}, are there")
        return is_over

    def _rules(self, host: str) -> Rules | None:
        """None where nothing may be fetched now, which is told once."""
        try:
            return self._robots.rules(host)
        except SourceError as error:
            if host not in self._silent:
                self._silent.add(host)
                self._fail(host, error)
            return None

    def _fail(self, path: str, error: Exception | str) -> None:
        self._is_whole = False
        self._told.failed(path, error)

    def _visit(self, step: Step) -> Iterator[Entry]:
        path, host = step.path, urls.host_of(step.path)
        if host in self._silent or (rules := self._rules(host)) is None:
            return
        if not rules.allow(self._client.url(path)):
            if path == self._start:
                self._fail(path, "robots.txt does not let this agent fetch it")
            else:
                self._told.left_out(path, "robots.txt")
            return
        if self._visited == self._options.max_pages:
            raise BudgetReached(f"`max_pages`, {self._most}, is reached")
        self._visited += 1
        known = self._known.row(path)
        try:
            yield from self._take(step, known)
        except BudgetReached:
            raise
        except Refused as error:
            # Stores that serve sites answer 403 for what is not there.
            if path != self._guessed or error.status >= 500:
                self._has_failed(step, known, error)
        except Exception as error:  # each library has error types of its own
            self._has_failed(step, known, error)
        else:
            self._failures[host] = 0

    def _has_failed(self, step: Step, known: CrawledPage | None, error: Exception) -> None:
        self._fail(step.path, error)
        host = urls.host_of(step.path)
        self._failures[host] += not isinstance(error, Refused)
        if self._failures[host] == MOST_FAILURES:
            self._silent.add(host)
            self._fail(host, f"{MOST_FAILURES} failures in a row: it is asked no more for now")
        if known is not None:
            self._follow(step, known)

    def _take(self, step: Step, known: CrawledPage | None) -> Iterator[Entry]:
        path = step.path
        answer = self._client.get(path, self._reading.wants, conditions(known))
        if answer.status in GONE:
            if path not in self._only_sitemaps:
                self._told.left_out(path, f"gone ({answer.status})")
        elif answer.status in REDIRECTS:
            self._redirect(step, answer.location)
        elif answer.status == 304:
            if known is None:
                raise Refused(304)
            yield from self._stands(step, known)
        else:
            row = self._reading.row(path, answer, known)
            self._known.keep(row)
            yield from self._stands(step, row)

    def _redirect(self, step: Step, target: str | None) -> None:
        """The target is a page of its own, and this is none."""
        if target == step.path:
            raise ValueError("it leads to itself")
        if step.hops == MOST_HOPS:
            raise ValueError(f"it leads on {MOST_HOPS} times")
        step_on = None if target is None else Step(target, step.depth, step.hops + 1)
        if step_on is not None and self._bounds.hold(step_on.path):
            self._enqueue(step_on)
        elif step_on is not None and self._is_moved_sitemap(step, step_on):
            self._enqueue_sitemap(step_on)
        elif step.path == self._start:
            raise ValueError(
                f"it leads to {target or 'no page'}, outside of what this source takes: correct "
                "`url`, or name the host in `hosts`"
            )
        elif step.path not in self._only_sitemaps:
            self._told.left_out(step.path, "a redirect out of the source")

    def _is_moved_sitemap(self, step: Step, step_on: Step) -> bool:
        is_near = urls.host_of(step.path) == urls.host_of(step_on.path)
        return is_near and step.path in self._only_sitemaps

    def _stands(self, step: Step, row: CrawledPage) -> Iterator[Entry]:
        path = step.path
        is_sitemap = row["no_document"] in (SITEMAP, INDEX)
        if path in self._only_sitemaps and not is_sitemap:
            return
        self._follow(step, row)
        reason = row["no_document"] or self._reading.refuses(row["media_type"])
        if reason:
            if not is_sitemap:
                self._told.left_out(path, reason)
            return
        changed = row["mtime"]
        mtime = None if changed is None else (changed - _EPOCH) // _EPOCH.resolution
        entry = Entry(path, row["size"], mtime, row["tag"])
        original = row["canonical"]
        if original is not None and self._bounds.hold(original):
            self._enqueue(Step(original, step.depth))
            self._copies.append((entry, original))
            return
        self._listed.add(path)
        yield entry

    def _follow(self, step: Step, row: CrawledPage) -> None:
        if row["no_document"] == INDEX:
            for link in row["links"]:
                is_inside = self._bounds.hold(link)
                (self._enqueue if is_inside else self._enqueue_sitemap)(Step(link))
        elif row["no_document"] == SITEMAP:
            for link in row["links"]:
                self._enqueue(Step(link))
        elif step.depth < self._options.depth:
            for link in row["links"]:
                self._enqueue(Step(link, step.depth + 1))

    def _copies_of_nothing(self) -> Iterator[Entry]:
        """Pages that say they are copies of others are left out, unless the others are not there
        either."""
        for entry, original in self._copies:
            if original in self._listed or not self._is_whole:
                self._told.left_out(entry.path, "a copy (canonical)")
            else:
                self._listed.add(entry.path)
                yield entry
