"""A folder of a WebDAV server, against WsgiDAV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from doclake.sources.conformance import Case, Place
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.folder_place import SlowClockPlace
from tests.sources.conformance.running import every_case, run
from tests.sources.places import paths, read

USER, PASSWORD = "reader", "spade-by-the-door"


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server over a folder."""
    users = {USER: {"password": PASSWORD}}
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": users}},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = wsgi.Server(("127.0.0.1", 0), application)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join(20)


class WebdavPlace(SlowClockPlace):
    def __init__(
        self, root: Path, exits: ExitStack, port: int, environment: pytest.MonkeyPatch
    ) -> None:
        super().__init__(root, exits)
        self.url = f"webdav://127.0.0.1:{port}/{root.name}"
        self.options: dict[str, Any] = {"user": USER, "retries": 0}
        self._environment = environment
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", PASSWORD)

    def fill(self, number: int) -> None:
        """In several folders: the server takes its time for each answer."""
        for each in range(number):
            SlowClockPlace.put(self, f"{each // 500}/filler-{each:05}", "filler")

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")


@pytest.fixture
def place(open_to_all: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with serving(open_to_all) as port, ExitStack() as exits:
        yield WebdavPlace(open_to_all / "docs", exits, port, monkeypatch)


@every_case
def test_webdav(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_documents_of_webdav_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_webdav_server_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)


def test_folders_of_any_name_are_entered(place: WebdavPlace) -> None:
    stored = {place.put(f"{name}/file", "text") for name in ("what?#x", "한글 폴더", "a%20b")}
    source = place.opened()
    assert paths(source.list()) == stored
    assert all(read(source, path) == b"text" for path in stored)
