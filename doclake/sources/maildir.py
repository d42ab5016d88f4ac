"""A Maildir of this machine: `maildir:///var/mail/kim`, whose messages are documents.

The name of a file changes with its flags (`1700.M1.host:2,S`), so the path of a message is its
folder and what stands before them. Its bytes never change (https://cr.yp.to/proto/maildir.html).
Folders are those of Maildir++, `.Work.2026`. Links are followed as those of a folder are.
"""

# os instead of Path: it is faster with many files.
# ruff: noqa: PTH112, PTH113, PTH114, PTH116, PTH118, PTH123

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from doclake import extras
from doclake.deadline import within
from doclake.settings import Settings, SourceSettings
from doclake.sources import links
from doclake.sources.base import ANSWER_SECONDS, Source
from doclake.sources.entries import Entry
from doclake.sources.path_names import from_name, to_name

_LOOKS = 5
"""How often a folder is read again that changes while it is read."""


class MaildirSource(Source):
    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._place = str(settings.config_dir / source.url.partition("://")[2])
        self._names: dict[str, dict[str, str]] = {}

    @cached_property
    def _root(self) -> str:
        """The Maildir without links. Raises `TimeoutError` if it hangs."""
        return within(ANSWER_SECONDS, lambda: os.path.realpath(self._place))

    def _entries(self) -> Iterator[Entry]:
        is_empty = True
        folders, refused = within(ANSWER_SECONDS, lambda: _folders(self._root))
        self.left_out.update(refused)
        for path, folder in folders:
            if not self.selection.enters(path):
                self.left_out["folder: excluded"] += 1
                continue
            try:
                messages, refused = _messages(self._root, folder)
                self.left_out.update(refused)
                for unique, file in messages.items():
                    status = os.stat(file)
                    is_empty = False
                    changed = status.st_mtime_ns // 1000
                    yield Entry(f"{path}/{to_name(unique)}.eml", status.st_size, changed, None)
            except OSError as error:
                self._failed(path, error, f"{path}/")
        if is_empty and not self.failures:
            self._empty()

    def open(self, path: str) -> BinaryIO:
        try:
            return open(self.local_file(path), "rb")
        except OSError as error:
            raise self._unreadable(path, error.strerror or str(error)) from error

    def local_file(self, path: str) -> Path:
        folder, _, name = path.rpartition("/")
        unique = from_name(name.removesuffix(".eml"))
        for looks_again in (False, True):
            if looks_again or folder not in self._names:
                self._names[folder] = self._messages_of(folder, path)
            file = self._names[folder].get(unique)
            if file is not None and _is_message(self._root, file):
                return Path(os.path.realpath(file))
        raise self._unreadable(path, "no such message")

    def _messages_of(self, folder: str, path: str) -> dict[str, str]:
        try:
            folders, _ = _folders(self._root)
            return _messages(self._root, dict(folders)[folder])[0]
        except KeyError:
            raise self._unreadable(path, "no such folder") from None
        except OSError as error:
            raise self._unreadable(path, error.strerror or str(error)) from error


def _folders(root: str) -> tuple[list[tuple[str, str]], Counter[str]]:
    """Each folder by its name in paths, and where it is; and how many links are none, and why."""
    with os.scandir(root) as items:
        dotted = sorted((item.name, item.path) for item in items if item.name.startswith("."))
    if not _is_folder(os.path.join(root, "cur")):
        raise NotADirectoryError(20, "No Maildir: it has no folder `cur`", root)
    refused = (links.refusal(root, path) for _, path in dotted if os.path.islink(path))
    within_it = [(_path(name), path) for name, path in dotted if _is_folder(path)]
    return [("INBOX", root), *within_it], Counter(filter(None, refused))


def _path(name: str) -> str:
    """`.Work.2026` is `Work/2026`; other letters than ASCII are in IMAP's UTF-7."""
    if "&" in name:
        extras.require("imapclient", f"The folder {name}")
        from imapclient.imap_utf7 import decode

        name = decode(name.encode())
    return "/".join(to_name(part) for part in name[1:].split("."))


def _messages(root: str, folder: str) -> tuple[dict[str, str], Counter[str]]:
    """The file of each message, by its unique name, and how many links are left out, and why. What
    is new moves to `cur` when it is seen, so that is read last; and again where names changed
    meanwhile."""
    found: dict[str, str] = {}
    refused: dict[str, str] = {}
    for part in ("new", "cur"):
        place = os.path.join(folder, part)
        if os.path.islink(place):
            refused[place] = links.refusal(root, place) or "link: to a file"
            continue
        for _ in range(_LOOKS):
            before = os.stat(place).st_mtime_ns
            with os.scandir(place) as items:
                for item in items:
                    reason = links.refusal(root, item.path) if item.is_symlink() else None
                    if reason:
                        refused[item.path] = reason
                    elif item.is_file():
                        found[_unique(item.name)] = item.path
            if os.stat(place).st_mtime_ns == before:
                break
    return found, Counter(refused.values())


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _is_message(root: str, file: str) -> bool:
    return os.path.isfile(file) and links.is_inside(root, os.path.realpath(file))


def _unique(name: str) -> str:
    return name.partition(":2,")[0]
