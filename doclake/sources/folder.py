"""A folder of this machine or a mounted share."""

# os instead of Path: it is faster with a million entries, and takes names that are not UTF-8.
# ruff: noqa: PTH116, PTH118, PTH120

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from doclake.access import NOBODY, Readers, narrowed
from doclake.deadline import within
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.sources import file_names, links
from doclake.sources.base import ANSWER_SECONDS, Source
from doclake.sources.entries import Entry
from doclake.sources.posix_access import PosixReaders


class FolderSource(Source):
    """A link to a file inside the folder is listed under its own name. Links to folders are not
    followed, so there are no loops and no file is listed twice. Links that lead outside are left
    out."""

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._folder = settings.local_path(source.url) or Path(source.url)
        self._resolved: str | None = None
        self._asks_posix = "posix" in source.access_from
        self._posix: PosixReaders | None = None
        lake = settings.local_path(settings.lake)
        self._lake = os.path.realpath(lake) if lake else None

    @property
    def root(self) -> str:
        """The folder without links. Raises `TimeoutError` if it hangs."""
        if self._resolved is None:
            self._resolved = within(ANSWER_SECONDS, lambda: os.path.realpath(self._folder))
        return self._resolved

    def _of_posix(
        self, posix: PosixReaders, item: os.DirEntry[str], status: os.stat_result
    ) -> Readers:
        """Who may read the file, and reach it under this name."""
        path = os.path.realpath(item.path) if item.is_symlink() else item.path
        reaching = posix.of_folder(os.path.dirname(item.path))
        return narrowed(posix.of(path, status), reaching) or NOBODY

    def _entries(self) -> Iterator[Entry]:
        try:
            before = within(ANSWER_SECONDS, lambda: os.stat(self.root))
        except FileNotFoundError:
            where = file_names.to_text(self.root)
            self._failed(where, "No such file or directory: not mounted, or a wrong path")
            return
        self._posix = PosixReaders(self.root, self._is_unreadable) if self._asks_posix else None
        pending = [("", self.root)]
        nothing = True
        while pending:
            prefix, folder = pending.pop()
            try:
                with os.scandir(folder) as items:
                    for item in items:
                        nothing = False
                        if item.is_dir(follow_symlinks=False):
                            if self._enters(prefix, item):
                                pending.append((f"{prefix}{item.name}/", item.path))
                        elif (entry := self._file(prefix, item)) is not None:
                            yield entry
            except OSError as error:
                self._failed(file_names.to_text(folder), error, file_names.to_text(prefix))
        if nothing and not self.failures:
            self._empty()
        after = os.stat(self.root)
        if (before.st_dev, before.st_ino) != (after.st_dev, after.st_ino):
            self._failed(self.url, "the folder was replaced or unmounted while it was listed")

    def _enters(self, prefix: str, item: os.DirEntry[str]) -> bool:
        reason = self.selection.hides(item.name)
        if reason is None and item.path == self._lake:
            reason = "the lake itself"
        if reason is None and not self.selection.enters(file_names.to_text(prefix + item.name)):
            reason = "excluded"
        if reason:
            self.left_out[f"folder: {reason}"] += 1
        self._refuse_folder(file_names.to_text(prefix + item.name))
        return reason is None

    def _file(self, prefix: str, item: os.DirEntry[str]) -> Entry | None:
        path = file_names.to_text(prefix + item.name)
        reason = self._hides(item.name)
        if reason is None and item.is_symlink():
            reason = links.refusal(self.root, item.path)
        if reason is None:
            try:
                status = item.stat()
            except FileNotFoundError:
                reason = "deleted meanwhile"
            else:
                if stat.S_ISREG(status.st_mode):
                    changed = status.st_mtime_ns // 1000
                    entry = Entry(path, status.st_size, changed, self._tag(status))
                    if self._posix is None:
                        return entry
                    allow, deny = self._of_posix(self._posix, item, status)
                    return entry._replace(access=sorted(allow), denied=sorted(deny))
                reason = "not a file"
        self._leave_out(path, reason)
        return None

    def _is_unreadable(self, path: str, error: Exception) -> None:
        what = in_words(error, path)
        self._is_unclear(f"{file_names.to_text(path)}: who may read it cannot be read: {what}.")

    @staticmethod
    def _tag(status: os.stat_result) -> str | None:
        """Programs may set the time of change as they like, so the one that the kernel keeps
        counts too, and the inode: another file may have taken the name."""
        return f"{status.st_ctime_ns}.{status.st_ino}"

    def local_file(self, path: str) -> Path:
        """The document's file, with links resolved; never outside the folder."""
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise self._unreadable(path, "not a path of this source")
        try:
            resolved = os.path.realpath(
                os.path.join(self.root, file_names.from_text(path)), strict=True
            )
            if not links.is_inside(self.root, resolved):
                raise self._unreadable(path, "it leads outside the source")
            if not stat.S_ISREG(os.stat(resolved).st_mode):
                raise self._unreadable(path, "not a file")
        except OSError as error:
            raise self._unreadable(path, error.strerror or str(error)) from error
        return Path(resolved)

    def open(self, path: str) -> BinaryIO:
        file = self.local_file(path)
        try:
            return file.open("rb")
        except OSError as error:
            raise self._unreadable(path, error.strerror or str(error)) from error
