"""A web site, served from this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from doclake.sources.conformance import Case, Place
from doclake.sources.web.urls import joined, path_of
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.web_server import Reply, Site, escaped, page, serving


class SitePlace(Place):
    """Its start page leads to every page, and is itself no document."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.url = site.url
        self.options: Mapping[str, Any] = {
            "private_addresses": True,
            "delay": 0,
            "retries": 0,
            "timeout": 5,
            "max_pages": 20_000,
        }
        self._publish()

    def _publish(self) -> None:
        links = [each for each in self._site.pages if each not in ("/", "/robots.txt")]
        noindex = '<meta name="robots" content="noindex">'
        self._site.pages["/"] = page("", *links, head=noindex)

    def _key(self, path: str) -> str:
        return next(key for key in self._site.pages if self._path(key) == path)

    def _path(self, key: str) -> str:
        url = joined(self.url, key)
        assert url
        return path_of(url)

    def put(self, name: str, text: str) -> str:
        self._site.pages[f"/{escaped(name)}"] = page(text)
        self._publish()
        return self._path(f"/{escaped(name)}")

    def remove(self, path: str) -> None:
        del self._site.pages[self._key(path)]
        self._publish()

    def move(self, path: str, name: str) -> str:
        moved = self._site.pages.pop(self._key(path))
        self._site.pages[f"/{escaped(name)}"] = moved
        self._publish()
        return self._path(f"/{escaped(name)}")

    def hide(self, path: str) -> None:
        self._site.pages[self._key(path)] = Reply(b"", 500)

    def limited(self) -> Mapping[str, Any]:
        return {"max_pages": 4, "sitemap": False}

    def lock(self) -> None:
        self._site.refused_without = "Basic c29tZTpvbmU="

    def throttle(self) -> None:
        failing.throttle(self._site.server.server_port, self._lead)

    def cut_short(self) -> None:
        failing.cut_short(self, self._site.server.server_port, self._lead)

    def _lead(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"

    def vanish(self) -> None:
        self._site.server.shutdown()
        self._site.server.server_close()

    def fill(self, number: int) -> None:
        for each in range(number):
            self._site.pages[f"/filler-{each:05}"] = page(f"filler {each}")
        self._publish()


@pytest.fixture
def place() -> Iterator[Place]:
    with serving() as site:
        yield SitePlace(site)


@every_case
def test_a_site(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_pages_of_a_site_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_site_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
