"""What only a mailbox has: folders, flags, validity, encryption."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.sources import Source
from doclake.sources.conformance.cases import partial
from tests.sources.mail_servers import PASSWORD, Dovecot, Mailbox, dovecot
from tests.sources.places import Opener, paths, read

MESSAGE = b"Subject: leave\r\nMessage-ID: <1@example.org>\r\n\r\nFifteen days.\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, signed by itself, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", file], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(file.read_text() + key.read_text())
    folder.chmod(0o755)
    return both


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[Dovecot]:
    with dovecot(certificate) as server:
        yield server


@pytest.fixture
def box(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_PASSWORD", PASSWORD)
    return server.mailbox()


@pytest.fixture
def inbox(
    box: Mailbox, certificate: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> Opener:
    """The source over the mailbox, by STARTTLS, which trusts the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def open_it(url: str = "", options: dict[str, Any] | None = None, **given: Any) -> Source:
        options = {"user": box.user, "retries": 0} | (options or {})
        return opened(url or f"imap://localhost:{box.port}", options=options, **given)

    return open_it


def test_folders_of_any_name_are_listed_and_read(inbox: Opener, box: Mailbox) -> None:
    folders = ["INBOX", "Projects/2026", "받은 편지/휴가 & 근태", "100%", "_drafts of mine"]
    stored = [box.append(folder, MESSAGE) for folder in folders]
    source = inbox()
    listed = paths(source.list())
    assert len(listed) == len(stored)
    assert {path.rpartition("/")[0] for path in listed} == {
        "INBOX",
        "Projects/2026",
        "받은 편지/휴가 & 근태",
        "100%25",
        "%5Fdrafts of mine",
    }
    assert all(read(source, path).endswith(b"Fifteen days.\r\n") for path in listed)


def test_nothing_is_marked_as_read(inbox: Opener, box: Mailbox) -> None:
    box.append("INBOX", MESSAGE)
    source = inbox()
    (path,) = paths(source.list())
    read(source, path)
    with box.client() as client:
        client.select_folder("INBOX", readonly=True)
        (flags,) = client.get_flags(client.search("ALL")).values()
    assert b"\\Seen" not in flags


def test_a_message_that_is_there_and_not_described_makes_the_listing_incomplete(
    inbox: Opener, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, silent = box.append("INBOX", MESSAGE), box.append("INBOX", MESSAGE)
    fetch = IMAPClient.fetch

    def leaves_one_out(client: IMAPClient, uids: Any, *given: Any) -> Any:
        answer = fetch(client, uids, *given)
        answer.pop(box.placed(silent)[1], None)
        return answer

    monkeypatch.setattr(IMAPClient, "fetch", leaves_one_out)
    source = inbox()
    found, error = partial(source)
    assert found == {listed}
    assert "INBOX: 1 messages are there" in error.message
    assert not source.left_out["deleted meanwhile"]


def test_a_message_deleted_while_it_is_listed_is_no_gap(
    inbox: Opener, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, deleted = box.append("INBOX", MESSAGE), box.append("INBOX", MESSAGE)
    search = IMAPClient.search

    def loses_one(client: IMAPClient, *given: Any) -> Any:
        uids = search(client, *given)
        if uids:
            monkeypatch.setattr(IMAPClient, "search", search)
            with box.client() as other:
                other.select_folder("INBOX")
                other.delete_messages([box.placed(deleted)[1]])
                other.expunge()
            client.noop()  # Dovecot may describe it until this session hears of its end
        return uids

    monkeypatch.setattr(IMAPClient, "search", loses_one)
    source = inbox()
    assert paths(source.list()) == {listed}
    assert source.left_out["deleted meanwhile"] == 1


def test_a_flag_changes_no_document(inbox: Opener, box: Mailbox) -> None:
    box.append("INBOX", MESSAGE)
    before = [row for batch in inbox().list() for row in batch.to_pylist()]
    with box.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search("ALL"), [b"\\Seen", b"\\Flagged"])
    assert [row for batch in inbox().list() for row in batch.to_pylist()] == before


def test_a_folder_made_anew_shows_no_message_under_an_old_path(inbox: Opener, box: Mailbox) -> None:
    old = box.append("Work", MESSAGE)
    with box.client() as client:
        client.delete_folder("Work")
    box.append("Other", MESSAGE)  # Dovecot derives the validity from the time
    source = inbox()
    with pytest.raises(DocumentUnreadable):
        read(source, old)
    new = box.append("Work", MESSAGE.replace(b"Fifteen", b"Sixteen"))
    if new != old:
        with pytest.raises(DocumentUnreadable, match="no such message"):
            read(inbox(), old)


def test_the_trash_is_left_out_and_counted_unless_wanted(inbox: Opener, box: Mailbox) -> None:
    box.append("INBOX", MESSAGE)
    box.append("Trash", MESSAGE)
    source = inbox()
    assert len(paths(source.list())) == 1
    assert source.left_out == {"folder: trash": 1}
    assert len(paths(inbox(options={"all_folders": True}).list())) == 2


def test_globs_choose_folders(inbox: Opener, box: Mailbox) -> None:
    for folder in ("INBOX", "Private", "Work/2026"):
        box.append(folder, MESSAGE)
    source = inbox(exclude=["Private/"])
    assert {path.split("/")[0] for path in paths(source.list())} == {"INBOX", "Work"}
    assert {path.split("/")[0] for path in paths(inbox(include=["Work/"]).list())} == {"Work"}


def test_a_connection_that_was_closed_is_made_anew(inbox: Opener, box: Mailbox) -> None:
    box.append("INBOX", MESSAGE)
    source: Any = inbox()
    (path,) = paths(source.list())
    assert read(source, path)
    source._reader.shutdown()  # as after the server's time-out
    assert read(source, path).endswith(b"Fifteen days.\r\n")


def test_tls_from_the_first_byte(inbox: Opener, box: Mailbox, server: Dovecot) -> None:
    box.append("INBOX", MESSAGE)
    source = inbox(f"imaps://localhost:{server.tls_port}")
    (path,) = paths(source.list())
    assert read(source, path).endswith(b"Fifteen days.\r\n")


def test_a_certificate_that_nobody_vouches_for_is_refused(
    inbox: Opener, box: Mailbox, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ListingIncomplete, match=r"(?i)certificate"):
        list(inbox(f"imaps://localhost:{server.tls_port}").list())


def test_without_encryption_no_password_is_sent(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_PASSWORD", PASSWORD)
    with dovecot() as plain:
        box = plain.mailbox()
        box.append("INBOX", MESSAGE)
        options = {"user": box.user, "retries": 0}
        with pytest.raises(ListingIncomplete, match="offers no encryption") as refused:
            list(opened(box.url, options=options).list())
        assert "options.unencrypted" in refused.value.mend
        assert len(paths(opened(box.url, options=options | {"unencrypted": True}).list())) == 1


def test_a_password_that_is_not_set_is_named(
    inbox: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCLAKE_SOURCE_DOCS_PASSWORD")
    with pytest.raises(ListingIncomplete) as refused:
        list(inbox().list())
    assert "DOCLAKE_SOURCE_DOCS_PASSWORD is not set" in refused.value.message
    assert "DOCLAKE_SOURCE_DOCS_PASSWORD" in refused.value.mend
