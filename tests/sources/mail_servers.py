"""Dovecot for tests, and a new mailbox for each of them."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.sources.local_servers import free_port, own_folder, program, running

PASSWORD = "spade-by-the-door"
_CONFIGURATION = """
base_dir={folder}/run
state_dir={folder}/run
log_path={folder}/log
protocols=imap
listen=127.0.0.1
ssl={ssl}
disable_plaintext_auth=no
mail_location=maildir:{folder}/mail/%u
first_valid_uid=1
namespace inbox {{
  inbox=yes
  separator=/
  mailbox Trash {{
    special_use=\\Trash
    auto=create
  }}
}}
passdb {{
  driver=static
  args=password={password}
}}
userdb {{
  driver=static
  args=uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port={port}
  }}
  inet_listener imaps {{
    port={tls_port}
  }}
  chroot=
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """Empty at first, of a user who has no other."""

    user: str
    port: int
    place: Path

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(self.user, PASSWORD)
            yield client

    def append(self, folder: str, message: bytes) -> str:
        """Its path, as the source lists it."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, message)
            validity = client.select_folder(folder, readonly=True)[b"UIDVALIDITY"]
            return f"{folder}/{validity}-{client.search('ALL')[-1]}.eml"

    @staticmethod
    def placed(path: str) -> tuple[str, int]:
        """The folder and the uid of a path."""
        folder, _, name = path.rpartition("/")
        return folder, int(name.removesuffix(".eml").split("-")[1])

    def folder(self, name: str) -> Path:
        return self.place / f".{name}"

    def fill(self, number: int) -> None:
        """So many messages, as files of the server's own."""
        with self.client() as client:
            client.select_folder("INBOX")
        owner = pwd.getpwnam("mail")
        for each in range(number):
            file = self.place / "cur" / f"{each:06}.M1P1.host:2,S"
            file.write_bytes(b"Subject: filler\r\n\r\nfiller\r\n")
            os.chown(file, owner.pw_uid, owner.pw_gid)


class Dovecot:
    def __init__(self, folder: Path, port: int, tls_port: int) -> None:
        self.port, self.tls_port = port, tls_port
        self._folder, self._users = folder, count()

    def mailbox(self) -> Mailbox:
        user = f"user{next(self._users)}"
        return Mailbox(user, self.port, self._folder / "mail" / user)


@contextmanager
def dovecot(certificate: Path | None = None) -> Iterator[Dovecot]:
    """`certificate`: a PEM file with its key, for TLS. Skips where it is not installed, and where
    the tests do not run as root, whose rights Dovecot needs."""
    server = program("dovecot")
    if os.geteuid() != 0:
        pytest.skip("Dovecot starts as root")
    with own_folder("mail") as (folder, _):
        folder.chmod(0o755)
        owner = pwd.getpwnam("mail")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        port, tls_port = free_port(), free_port()
        ssl = f"yes\nssl_cert=<{certificate}\nssl_key=<{certificate}" if certificate else "no"
        given = {"folder": folder, "port": port, "tls_port": tls_port, "ssl": ssl}
        configuration = folder / "conf"
        configuration.write_text(_CONFIGURATION.format(**given, password=PASSWORD))

        def asked() -> None:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                assert probe.recv(4) == b"* OK"

        with running([server, "-F", "-c", str(configuration)], {}, asked):
            yield Dovecot(folder, port, tls_port)
