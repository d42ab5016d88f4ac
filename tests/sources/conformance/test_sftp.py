"""A folder over SSH, against asyncssh's server."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import ListingIncomplete
from doclake.sources.conformance import Case, Place
from tests.sources import sftp_server
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.folder_place import SlowClockPlace
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port, running
from tests.sources.places import paths


@dataclass
class Server:
    port: int
    folder: Path
    about: Path
    places: Iterator[int]


class SftpPlace(SlowClockPlace):
    def __init__(self, server: Server, exits: ExitStack, environment: pytest.MonkeyPatch) -> None:
        super().__init__(server.folder / f"docs{next(server.places)}", exits)
        self.url = f"sftp://127.0.0.1:{server.port}/{self.root.name}"
        self.options: dict[str, Any] = {
            "user": sftp_server.USER,
            "known_hosts": str(server.about / "known_hosts"),
            "retries": 0,
        }
        self._server, self._environment = server, environment
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", sftp_server.PASSWORD)

    def _shut(self, folder: Path) -> None:
        folder.chmod(0)
        self._exits.callback(folder.chmod, 0o755)

    def cut_short(self) -> None:
        failing.cut_short(self, self._server.port, self._lead)

    def _lead(self, port: int) -> None:
        self.url = f"sftp://127.0.0.1:{port}/{self.root.name}"
        known = (self._server.about / "known_hosts").read_text()
        file = self._server.about / f"known_hosts-{port}"
        file.write_text(known.replace(f":{self._server.port} ", f":{port} "))
        self.options["known_hosts"] = str(file)

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    server = Server(free_port(), folder, tmp_path_factory.mktemp("about"), count())
    command = [sys.executable, sftp_server.__file__, str(folder), str(server.about)]

    def asked() -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as probe:
            assert probe.recv(4) == b"SSH-"

    with running([*command, str(server.port)], {}, asked):
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def place(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with ExitStack() as exits:
        yield SftpPlace(server, exits, monkeypatch)


@every_case
def test_sftp(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_documents_of_sftp_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_an_sftp_server_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)


def test_a_host_whose_key_is_not_known_is_refused(place: Place, tmp_path: Path) -> None:
    place.put("a", "text")
    (tmp_path / "empty").touch()
    source = place.opened({"known_hosts": str(tmp_path / "empty")})
    with pytest.raises(ListingIncomplete, match="has a key that is not in"):
        list(source.list())


def test_a_private_key_logs_in(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.put("a", "text")
    monkeypatch.delenv("DOCLAKE_SOURCE_PLACE_PASSWORD")
    monkeypatch.setenv("DOCLAKE_SOURCE_PLACE_PASSPHRASE", sftp_server.PASSPHRASE)
    assert paths(place.opened({"identity": str(server.about / "identity")}).list()) == {path}
