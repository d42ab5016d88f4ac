"""A topic of Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.sources import Source
from doclake.sources.conformance import NAME, Case, NotOffered, Place
from doclake.sources.path_names import from_name, to_name
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.kafka_server import Broker, broker


class TopicPlace(Place):
    """`put` sends a message, `remove` one without a value."""

    options: Mapping[str, Any] = {"access": "readers", "timeout": 2}
    says_what_is_deleted = True

    def __init__(self, server: Broker, topic: str, lake: Path) -> None:
        self._broker, self._topic, self._lake = server, topic, lake
        self.url = f"kafka://{server.address}/{topic}"
        self._texts: dict[str, str] = {}

    def _send(self, path: str, text: str | None, readers: str | None = "everyone") -> None:
        headers = [] if readers is None else [("readers", readers.encode())]
        self._broker.send(self._topic, from_name(path), text, headers)
        self._broker.flush()

    def put(self, name: str, text: str) -> str:
        path = to_name(name)
        self._texts[path] = text
        self._send(path, text)
        return path

    def remove(self, path: str) -> None:
        self._send(path, None)

    def move(self, path: str, name: str) -> str:
        self.remove(path)
        return self.put(name, self._texts[path])

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        self._send(path, self._texts[path], None if readers is None else " ".join(readers))

    def cut_short(self) -> None:
        raise NotOffered("its client goes on to the addresses that the brokers name")

    def vanish(self) -> None:
        self._broker.stop()

    def fill(self, number: int) -> None:
        for each in range(number):
            name = f"filler-{each:05}"
            self._broker.send(self._topic, name, name, [("readers", b"everyone")])
        self._broker.flush()

    def opened(self, options: Mapping[str, Any] | None = None) -> Source:
        given = {"url": self.url, "options": {**self.options, **(options or {})}}
        source = SourceSettings.model_validate({**given, **self.settings})
        return Project(Settings(sources={NAME: source}), Lake(str(self._lake))).open_source(NAME)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with broker() as server:
        yield TopicPlace(server, "documents", tmp_path / "known")


@every_case
def test_a_topic(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_messages_of_a_topic_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_topic_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
