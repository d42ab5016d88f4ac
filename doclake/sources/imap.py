"""A mailbox on a server: `imaps://mail.example.com`, whose messages are documents.

Folders are opened for reading only and messages fetched with PEEK, so nothing is marked as read.
The path of a message is `<folder>/<uidvalidity>-<uid>.eml` (RFC 3501, 2.3.1.1): under it a server
never shows another message.
"""

from __future__ import annotations

import io
import re
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from doclake import extras
from doclake.errors import SourceError
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import ImapOptions
from doclake.settings.source_options import options_of
from doclake.sources.base import Source
from doclake.sources.entries import Entry, microseconds
from doclake.sources.path_names import from_name, to_name
from doclake.sources.patience import patiently

if TYPE_CHECKING:
    from imapclient import IMAPClient

MESSAGES_AT_ONCE = 1_000
_MESSAGE = re.compile(r"(\d+)-(\d+)\.eml")
_LEFT_OUT = (b"\\Junk", b"\\Trash", b"\\Drafts", b"\\All")
"""Special folders (RFC 6154) that hold no mail of their own, or none that counts."""


class ImapSource(Source):
    options = ImapOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, ImapOptions)
        self._reading = Lock()  # one connection does one thing at a time
        self._reader: IMAPClient | None = None
        self._delimiter = "/"

    def _connected(self) -> IMAPClient:
        """Logged in. Raises `CredentialsRefused`."""
        extras.require("imapclient", f"The mailbox of source {self.name}")
        return patiently(self._options, _may_pass, self._logged_in)

    def _logged_in(self) -> IMAPClient:
        from imapclient import IMAPClient
        from imapclient.exceptions import LoginError

        place = urlsplit(self.url)
        is_tls = place.scheme.lower() == "imaps"
        seconds = self._options.timeout.total_seconds()
        client = IMAPClient(place.hostname or "", place.port, ssl=is_tls, timeout=seconds)
        try:
            client.normalise_times = False  # else they are in the time zone of this machine
            if not is_tls:
                self._encrypt(client)
            token = self.secret("token", required=False)
            if token:
                client.oauth2_login(self._options.user, token)
            else:
                client.login(self._options.user, self.secret("password"))
        except LoginError as error:
            client.shutdown()
            raise self.credentials_refused(in_words(error), "password") from error
        except BaseException:
            client.shutdown()
            raise
        return client

    def _encrypt(self, client: IMAPClient) -> None:
        if client.has_capability("STARTTLS"):
            client.starttls()
        elif not self._options.unencrypted:
            raise SourceError(
                f"{self.url} offers no encryption, so no password is sent to it.",
                mend="Use imaps://, or set "
                f"sources.{self.name}.options.unencrypted if the way there is safe.",
                source=self.name,
            )

    def _entries(self) -> Iterator[Entry]:
        is_empty = True
        with _closing(self._connected()) as client:
            for flags, delimiter, folder in client.list_folders():
                self._delimiter = (delimiter or b"/").decode()
                path = self._path(folder)
                if b"\\Noselect" in flags or b"\\NonExistent" in flags:
                    continue
                special = next((flag for flag in _LEFT_OUT if flag in flags), None)
                if special is not None and not self._options.all_folders:
                    self.left_out[f"folder: {special.decode().strip(chr(92)).lower()}"] += 1
                    continue
                for entry in self._folder(client, folder, path):
                    is_empty = False
                    yield entry
        if is_empty and not self.failures:
            self._empty()

    def _folder(self, client: IMAPClient, folder: str, path: str) -> Iterator[Entry]:
        from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

        if not self.selection.enters(path):
            self.left_out["folder: excluded"] += 1
            return
        try:
            state = client.select_folder(folder, readonly=True)
            told, validity = state[b"EXISTS"], state[b"UIDVALIDITY"]
            uids = client.search("ALL")
            if len(uids) < told:
                self._failed(path, f"{told} messages are there, {len(uids)} listed", f"{path}/")
            for start in range(0, len(uids), MESSAGES_AT_ONCE):
                yield from self._messages(client, path, validity, uids[start:][:MESSAGES_AT_ONCE])
        except IMAPClientAbortError:
            raise  # the connection is gone
        except IMAPClientError as error:
            self._failed(path, error, f"{path}/")

    def _messages(
        self, client: IMAPClient, path: str, validity: int, uids: Sequence[int]
    ) -> Iterator[Entry]:
        found = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        missing = {uid for uid in uids if uid not in found}
        if missing:
            client.noop()  # lets the server say what was deleted meanwhile (RFC 3501, 7.4.1)
            still_there = missing.intersection(client.search("ALL"))
            self.left_out["deleted meanwhile"] += len(missing) - len(still_there)
            if still_there:
                told = (
                    f"{len(still_there)} messages are there, and the server describes none of them"
                )
                self._failed(path, told, f"{path}/")
        for uid in uids:
            if uid in missing:
                continue
            size, arrived = found[uid][b"RFC822.SIZE"], found[uid][b"INTERNALDATE"]
            yield Entry(f"{path}/{validity}-{uid}.eml", size, microseconds(arrived), None)

    def _path(self, folder: str) -> str:
        return "/".join(to_name(part) for part in folder.split(self._delimiter))

    def open(self, path: str) -> BinaryIO:
        from imapclient.exceptions import IMAPClientError

        message = _MESSAGE.fullmatch(PurePosixPath(path).name)
        if message is None or "/" not in path:
            raise self._unreadable(path, "not a path of this source")
        validity, uid = map(int, message.groups())
        try:
            with self._reading:
                data = self._fetched(path.rpartition("/")[0], validity, uid)
        except (SourceError, IMAPClientError, OSError, ValueError) as error:
            raise self._unreadable(path, in_words(error)) from error
        if data is None:
            raise self._unreadable(path, "no such message")
        return io.BytesIO(data)

    def _fetched(self, folder: str, validity: int, uid: int) -> bytes | None:
        """The bytes of a message; None if it is not there any more. A connection that the server
        has closed meanwhile is made anew, once."""
        from imapclient.exceptions import IMAPClientAbortError

        for attempt in range(2):
            if self._reader is None:
                self._reader = self._connected()
                self._delimiter = _delimiter(self._reader)
                weakref.finalize(self, _log_out, self._reader)
            name = self._delimiter.join(map(from_name, folder.split("/")))
            try:
                state = self._reader.select_folder(name, readonly=True)
                if state[b"UIDVALIDITY"] != validity:
                    return None
                answer = self._reader.fetch([uid], ["BODY.PEEK[]"])
                return cast("bytes | None", answer.get(uid, {}).get(b"BODY[]"))
            except (IMAPClientAbortError, OSError):
                _log_out(self._reader)
                self._reader = None
                if attempt:
                    raise
        return None


def _may_pass(error: BaseException) -> bool:
    """Of a connection that could not be made. A certificate that is refused stays refused."""
    from ssl import SSLError

    from imapclient.exceptions import IMAPClientAbortError

    return isinstance(error, IMAPClientAbortError | OSError) and not isinstance(error, SSLError)


def _delimiter(client: IMAPClient) -> str:
    """Between the names of a folder and of one in it."""
    folders: list[Any] = client.list_folders("", "")
    return (folders[0][1] or b"/").decode() if folders else "/"


@contextmanager
def _closing(client: IMAPClient) -> Iterator[IMAPClient]:
    try:
        yield client
    finally:
        _log_out(client)


def _log_out(client: IMAPClient) -> None:
    """Whatever state the connection is in."""
    try:
        client.logout()
    except Exception:
        with suppress(OSError):
            client.shutdown()
