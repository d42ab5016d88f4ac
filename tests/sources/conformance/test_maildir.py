"""A Maildir, as a mail server keeps it."""

from __future__ import annotations

import mailbox
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from doclake.errors import DocumentUnreadable
from doclake.sources.conformance import Case, NotOffered, Place
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.places import Opener, paths, read, unprivileged


class MaildirPlace(Place):
    def __init__(self, root: Path, exits: ExitStack) -> None:
        self.root, self.url = root, f"maildir://{root}"
        self._exits = exits
        self.mail = mailbox.Maildir(root)
        self._keys: dict[str, tuple[str, str]] = {}

    def put(self, name: str, text: str) -> str:
        if name in self._keys:
            raise NotOffered("a message never changes")
        folder, _, subject = name.rpartition("/")
        message = mailbox.MaildirMessage()
        message["Subject"] = subject
        message.set_payload(text)
        box = self.mail.add_folder(folder) if folder else self.mail
        self._keys[name] = folder, box.add(message)
        return f"{folder or 'INBOX'}/{self._keys[name][1]}.eml"

    def remove(self, path: str) -> None:
        self.mail.remove(path.rpartition("/")[2].removesuffix(".eml"))

    def move(self, path: str, name: str) -> str:
        key = path.rpartition("/")[2].removesuffix(".eml")
        new = self.mail.add_folder(name).add(self.mail[key])
        self.mail.remove(key)
        return f"{name}/{new}.eml"

    def hide(self, path: str) -> None:
        self._shut(self.root / f".{path.split('/')[0]}" / "cur")

    def lock(self) -> None:
        self._shut(self.root)

    def _shut(self, folder: Path) -> None:
        """Root would read it all the same, and `mailbox` lets nobody else into what it makes."""
        for part in [self.root, *self.root.rglob("*")]:
            part.chmod(0o755)
        folder.chmod(0)
        self._exits.callback(folder.chmod, 0o755)
        self._exits.enter_context(unprivileged())

    def vanish(self) -> None:
        shutil.rmtree(self.root)

    def fill(self, number: int) -> None:
        for each in range(number):
            (self.root / "cur" / f"{each:06}.M1P1.host:2,S").write_bytes(b"Subject: x\n\nx\n")


@pytest.fixture
def place(open_to_all: Path) -> Iterator[Place]:
    with ExitStack() as exits:
        yield MaildirPlace(open_to_all / "mail", exits)


@every_case
def test_a_maildir(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_messages_of_a_maildir_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_maildir_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)


def test_a_message_that_is_read_and_flagged_keeps_its_path(tmp_path: Path, opened: Opener) -> None:
    mail = mailbox.Maildir(tmp_path / "mail")
    key = mail.add(b"Subject: leave\n\nFifteen days.\n")
    source = opened(f"maildir://{tmp_path}/mail")
    before = [row for batch in source.list() for row in batch.to_pylist()]
    (tmp_path / "mail" / "new" / key).rename(tmp_path / "mail" / "cur" / f"{key}:2,FS")
    assert [row for batch in source.list() for row in batch.to_pylist()] == before
    assert read(source, f"INBOX/{key}.eml").endswith(b"Fifteen days.\n")


def test_folders_within_folders_and_of_korean_names_are_listed(
    tmp_path: Path, opened: Opener
) -> None:
    mail = mailbox.Maildir(tmp_path / "mail")
    for name in ("Work.2026", "&vBvHQA- &07jJwA-"):
        mail.add_folder(name).add(b"Subject: x\n\nx\n")
    source = opened(f"maildir://{tmp_path}/mail")
    listed = paths(source.list())
    assert {path.rpartition("/")[0] for path in listed} == {"Work/2026", "받은 편지"}
    assert all(read(source, path) for path in listed)


def test_links_lead_out_of_a_maildir_as_little_as_out_of_a_folder(
    tmp_path: Path, opened: Opener
) -> None:
    mail, outside = mailbox.Maildir(tmp_path / "mail"), mailbox.Maildir(tmp_path / "other")
    key, secret = mail.add(b"Subject: x\n\nx\n"), outside.add(b"Subject: secret\n\ny\n")
    cur = tmp_path / "mail" / "cur"
    (cur / "inside").symlink_to(f"../new/{key}")
    (cur / "escape").symlink_to(tmp_path / "other" / "new" / secret)
    (cur / "broken").symlink_to("nowhere")
    (tmp_path / "mail" / ".Other").symlink_to(tmp_path / "other")
    mail.add_folder("Work").add(b"Subject: work\n\nz\n")
    shutil.rmtree(tmp_path / "mail" / ".Work" / "cur")
    (tmp_path / "mail" / ".Work" / "cur").symlink_to(tmp_path / "other" / "new")
    source = opened(f"maildir://{tmp_path}/mail")
    listed = paths(source.list())
    assert {path for path in listed if not path.startswith("Work/")} == {
        f"INBOX/{key}.eml",
        "INBOX/inside.eml",
    }
    assert len(listed) == 3
    assert source.left_out == {"link: leads outside": 3, "link: broken": 1}
    for path in ("INBOX/escape.eml", f"Work/{secret}.eml", f"Other/{secret}.eml"):
        with pytest.raises(DocumentUnreadable):
            source.open(path)


def test_a_message_that_becomes_a_link_outwards_is_not_read(tmp_path: Path, opened: Opener) -> None:
    key = mailbox.Maildir(tmp_path / "mail").add(b"Subject: x\n\nx\n")
    path, source = f"INBOX/{key}.eml", opened(f"maildir://{tmp_path}/mail")
    assert read(source, path)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "mail" / "new" / key).unlink()
    (tmp_path / "mail" / "new" / key).symlink_to(tmp_path / "secret")
    with pytest.raises(DocumentUnreadable, match="no such message"):
        source.open(path)


def test_a_maildir_that_is_itself_a_link_is_followed(tmp_path: Path, opened: Opener) -> None:
    key = mailbox.Maildir(tmp_path / "mail").add(b"Subject: x\n\nx\n")
    (tmp_path / "link").symlink_to(tmp_path / "mail")
    source = opened(f"maildir://{tmp_path}/link")
    assert paths(source.list()) == {f"INBOX/{key}.eml"}
    assert read(source, f"INBOX/{key}.eml")
