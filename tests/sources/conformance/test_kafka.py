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
from doclake.sources.conformance import NAME, Case, Place
from doclake.sources.path_names import from_name, to_name
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.kafka_proxy import KafkaProxy
from tests.sources.kafka_server import Broker, broker
from tests.sources.service_servers import certified

TOPIC, PASSWORD = "documents", "swordfish"


class TopicPlace(Place):
    """`put` sends a message, `remove` one without a value."""

    says_what_is_deleted = True

    def __init__(
        self, server: Broker, proxy: KafkaProxy, ca: Path, environment: pytest.MonkeyPatch
    ) -> None:
        self._broker, self._proxy, self._environment = server, proxy, environment
        self._lake = ca.with_name("known")
        self.url = proxy.url(TOPIC)
        self.options = {"access": "readers", "timeout": 2, "user": "kim", "ca": str(ca)}
        self._texts: dict[str, str] = {}
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", PASSWORD)

    def _send(self, path: str, text: str | None, readers: str | None = "everyone") -> None:
        headers = [] if readers is None else [("readers", readers.encode())]
        self._broker.send(TOPIC, from_name(path), text, headers)
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

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")

    def cut_short(self) -> None:
        self._proxy.longest = 1_000  # as no answer is but one with messages
        self.put("long", "x" * 2_000)

    def vanish(self) -> None:
        self._proxy.server_close()

    def fill(self, number: int) -> None:
        for each in range(number):
            name = f"filler-{each:05}"
            self._broker.send(TOPIC, name, name, [("readers", b"everyone")])
        self._broker.flush()

    def opened(self, options: Mapping[str, Any] | None = None) -> Source:
        given = {"url": self.url, "options": {**self.options, **(options or {})}}
        source = SourceSettings.model_validate({**given, **self.settings})
        return Project(Settings(sources={NAME: source}), Lake(str(self._lake))).open_source(NAME)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    tls, ca = certified(tmp_path)
    with broker() as server, KafkaProxy(server.port, {"kim": PASSWORD}, tls) as proxy:
        yield TopicPlace(server, proxy, ca, monkeypatch)


@every_case
def test_a_topic(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_messages_of_a_topic_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_topic_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
