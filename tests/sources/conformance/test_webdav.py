"""A folder of a WebDAV server, against WsgiDAV."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from doclake.sources.conformance import Case, Place
from doclake.sources.conformance.cases import partial
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.folder_place import SlowClockPlace
from tests.sources.conformance.running import every_case, run
from tests.sources.places import paths, read

USER, PASSWORD = "reader", "spade-by-the-door"


class Faults:
    """Comes before a server and answers as many requests as it was given answers for: status,
    headers, and what becomes of the body that the server would have sent (None: nothing of it)."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.answers: list[tuple[str, dict[str, str], Callable[[bytes], bytes] | None]] = []
        self.asked: list[float] = []

    def __call__(self, environment: dict[str, Any], start: Any) -> Any:
        self.asked.append(time.monotonic())
        if not self.answers:
            return self._application(environment, start)
        status, headers, made = self.answers.pop(0)
        body = b""
        if made is not None:
            told: dict[str, str] = {}
            sent = self._application(environment, lambda _, given, *__: told.update(given))
            headers = {**told, **headers}
            body = made(b"".join(sent))
        start(status, [*({**headers, "Content-Length": str(len(body))}).items()])
        return [body]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, Faults]]:
    """The port of a server over a folder, and what it may answer instead."""
    users = {USER: {"password": PASSWORD}}
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": users}},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    faults = Faults(application)
    server = wsgi.Server(("127.0.0.1", 0), faults)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1], faults
    finally:
        server.stop()
        thread.join(20)


class WebdavPlace(SlowClockPlace):
    def __init__(
        self,
        root: Path,
        exits: ExitStack,
        server: tuple[int, Faults],
        environment: pytest.MonkeyPatch,
    ) -> None:
        super().__init__(root, exits)
        self._port, self.faults = server
        self._lead(self._port)
        self.options: dict[str, Any] = {"user": USER, "unencrypted": True, "retries": 0}
        self._environment = environment
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", PASSWORD)

    def fill(self, number: int) -> None:
        """In several folders: the server takes its time for each answer."""
        for each in range(number):
            SlowClockPlace.put(self, f"{each // 500}/filler-{each:05}", "filler")

    def throttle(self) -> None:
        failing.throttle(self._port, self._lead)

    def cut_short(self) -> None:
        failing.cut_short(self, self._port, self._lead)

    def _lead(self, port: int) -> None:
        self.url = f"webdav://127.0.0.1:{port}/{self.root.name}"

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")


@pytest.fixture
def place(open_to_all: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with serving(open_to_all) as server, ExitStack() as exits:
        yield WebdavPlace(open_to_all / "docs", exits, server, monkeypatch)


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


def test_a_busy_server_is_asked_again_as_often_as_the_settings_say(place: WebdavPlace) -> None:
    path = place.put("one", "text")
    busy = ("429 Too Many Requests", {"Retry-After": "1"}, None)
    place.faults.answers += [busy]
    assert paths(place.opened({"retries": 1}).list()) == {path}
    first, second, *_ = place.faults.asked
    assert second - first >= 1
    source = place.opened({"retries": 1})
    source.require()
    place.faults.answers += [("503 Service Unavailable", {}, None)]
    assert read(source, path) == b"text"
    place.faults.answers += [busy] * 2
    _, error = partial(place.opened({"retries": 1}))
    assert "429" in error.message


def test_a_folder_of_which_the_server_says_nothing_is_a_gap(place: WebdavPlace) -> None:
    kept, hidden = place.put("one", "text"), place.put("closed/two", "text")

    def silent(body: bytes) -> bytes:
        """RFC 4918, 9.1: a member may be told with a status of its own, and without properties."""
        tree = ElementTree.fromstring(body)
        for response in tree.findall("{DAV:}response"):
            if response.findtext("{DAV:}href", "").rstrip("/").endswith("closed"):
                response.remove(response.find("{DAV:}propstat"))
                ElementTree.SubElement(response, "{DAV:}status").text = "HTTP/1.1 403 Forbidden"
        return ElementTree.tostring(tree)

    source = place.opened()
    assert paths(source.list()) == {kept, hidden}
    place.faults.answers += [("207 Multi-Status", {}, silent)]
    found, error = partial(place.opened())
    assert found == {kept}
    assert "closed" in error.message
