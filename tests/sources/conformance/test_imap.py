"""A mailbox of Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from doclake.sources.conformance import Case, NotOffered, Place
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port
from tests.sources.mail_servers import PASSWORD, Dovecot, Mailbox, dovecot


class MailPlace(Place):
    def __init__(self, box: Mailbox, environment: pytest.MonkeyPatch) -> None:
        self._box, self._environment = box, environment
        self.url = box.url
        self.options: dict[str, Any] = {"user": box.user, "unencrypted": True, "retries": 0}
        environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", PASSWORD)
        self._paths: dict[str, str] = {}

    def put(self, name: str, text: str) -> str:
        if name in self._paths:
            raise NotOffered("a message never changes")
        folder, _, subject = name.rpartition("/")
        message = EmailMessage()
        message["Subject"], message["From"] = subject, "kim@example.org"
        message.set_content(text)
        self._paths[name] = self._box.append(folder or "INBOX", message.as_bytes())
        return self._paths[name]

    def remove(self, path: str) -> None:
        folder, uid = self._box.placed(path)
        with self._box.client() as client:
            client.select_folder(folder)
            client.delete_messages([uid])
            client.expunge()

    def move(self, path: str, name: str) -> str:
        folder, uid = self._box.placed(path)
        with self._box.client() as client:
            client.create_folder(name)
            client.select_folder(folder)
            client.move([uid], name)
            validity = client.select_folder(name)[b"UIDVALIDITY"]
            return f"{name}/{validity}-{client.search('ALL')[-1]}.eml"

    def hide(self, path: str) -> None:
        self._box.folder(path.split("/")[0]).chmod(0)

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")

    def cut_short(self) -> None:
        failing.cut_short(self, self._box.port, self._lead)

    def _lead(self, port: int) -> None:
        self.url = f"imap://127.0.0.1:{port}"

    def vanish(self) -> None:
        self.url = f"imap://127.0.0.1:{free_port()}"

    def fill(self, number: int) -> None:
        self._box.fill(number)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def place(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Place:
    return MailPlace(server.mailbox(), monkeypatch)


@every_case
def test_a_mailbox(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_messages_of_a_mailbox_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_mailbox_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
