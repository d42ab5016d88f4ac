"""A local service of its own, over TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.sources.conformance import Case, Place
from doclake.sources.path_names import from_name, to_name
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port
from tests.sources.rest_server import Desk
from tests.sources.service_servers import SECRET, certified, served


class DeskPlace(Place):
    def __init__(self, desk: Desk, environment: pytest.MonkeyPatch) -> None:
        self._desk, self._environment = desk, environment
        self.url = f"rest://{urlsplit(desk.url).netloc}/v2"
        self.options: dict[str, Any] = {
            "resource": "tickets",
            "rows": "data.tickets",
            "pagination": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
            "id": ["id"],
            "version": "version",
            "text": ["fields.body"],
            "access": "readers",
            "login": "bearer",
            "retries": 0,
        }
        environment.setenv("DOCLAKE_SOURCE_PLACE_TOKEN", SECRET)

    def put(self, name: str, text: str) -> str:
        self._desk.put(name, text)
        return f"{to_name(name)}.md"

    def remove(self, path: str) -> None:
        del self._desk.rows[self._name(path)]

    def move(self, path: str, name: str) -> str:
        row = self._desk.rows.pop(self._name(path))
        return self.put(name, row["fields"]["body"])

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        said = None if readers is None else " ".join(readers)
        self._desk.rows[self._name(path)]["readers"] = said

    def limited(self) -> Mapping[str, Any]:
        self._desk.on_a_page = 2
        return {"max_pages": 2}

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_TOKEN", "another")

    def throttle(self) -> None:
        self._desk.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(self._desk.url).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self.url = f"rest://localhost:{port}/v2"

    def vanish(self) -> None:
        self.url = f"rest://localhost:{free_port()}/v2"

    def fill(self, number: int) -> None:
        for each in range(number):
            self._desk.put(f"filler-{each:05}", "filler")

    @staticmethod
    def _name(path: str) -> str:
        return from_name(path.removesuffix(".md"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    with served(Desk(), context) as desk:
        yield DeskPlace(desk, monkeypatch)


@every_case
def test_a_service(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_rows_of_a_service_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_service_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
