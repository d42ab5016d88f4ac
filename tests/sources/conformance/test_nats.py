"""A stream of NATS JetStream, whose subjects are the names of documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.sources import Source
from doclake.sources.conformance import NAME, Case, Place
from doclake.sources.path_names import from_name, to_name
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.nats_server import Jetstream, jetstream

STREAM, PASSWORD = "documents", "swordfish"
LOGIN = {"user": "kim", "password": PASSWORD}
USERS = f'authorization {{ user: "kim", password: "{PASSWORD}" }}'
NO_SUBJECT = re.compile(r"[\s*>%]")


class StreamPlace(Place):
    """`put` sends a message, `remove` the header by which a key of a bucket is deleted."""

    options: Mapping[str, Any] = {
        "access": "readers",
        "timeout": 2,
        "user": "kim",
        "unencrypted": True,
    }
    says_what_is_deleted = True

    def __init__(self, server: Jetstream, lake: Path, environment: pytest.MonkeyPatch) -> None:
        self._server, self._lake, self._environment = server, lake, environment
        self.url = server.url(STREAM)
        self._texts: dict[str, str] = {}
        server.make(STREAM)
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", PASSWORD)

    def put(self, name: str, text: str) -> str:
        subject = NO_SUBJECT.sub(lambda found: f"%{ord(found[0]):02X}", name)
        path = to_name(f"{STREAM}.{subject}")
        self._texts[path] = text
        self.restrict(path, ["everyone"])
        return path

    def remove(self, path: str) -> None:
        self._server.publish(from_name(path), b"", {"KV-Operation": "DEL"})

    def move(self, path: str, name: str) -> str:
        self.remove(path)
        return self.put(name, self._texts[path])

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        headers = {} if readers is None else {"readers": " ".join(readers)}
        self._server.publish(from_name(path), self._texts[path].encode(), headers)

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")

    def cut_short(self) -> None:
        place = urlsplit(self.url)
        relay = failing.relay_to(place.port or 0)
        relay.left = sum(map(len, self._texts)) // 2  # less than its messages, which come once
        self.url = place._replace(netloc=f"127.0.0.1:{relay.port}").geturl()

    def vanish(self) -> None:
        self._server.stop()

    def opened(self, options: Mapping[str, Any] | None = None) -> Source:
        given = {"url": self.url, "options": {**self.options, **(options or {})}}
        source = SourceSettings.model_validate({**given, **self.settings})
        return Project(Settings(sources={NAME: source}), Lake(str(self._lake))).open_source(NAME)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with jetstream(USERS, **LOGIN) as server:
        yield StreamPlace(server, tmp_path / "known", monkeypatch)


@every_case
def test_a_stream(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_messages_of_a_stream_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_stream_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
