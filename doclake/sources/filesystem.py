"""Any place that fsspec can reach: memory://, sftp://, gs://, az://, smb:// and the like.

fsspec has no common call that pages through a listing, so memory holds the largest folder at once;
`s3.py` pages for S3. Credentials come from the environment, as for each backend's own tools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from doclake.deadline import within
from doclake.errors import DocumentError, SettingsError
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.sources.base import ANSWER_SECONDS, Source
from doclake.sources.entries import Entry, microseconds

_TAGS = ("ETag", "etag", "md5Hash", "content_md5", "uid", "modify")  # the last of FTP
FOLDER_SECONDS = 300.0
"""How long one folder may take: what has no pages may hold a million documents."""
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created")


class RemoteSource(Source):
    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        # With caches, a listing may be one of an hour ago.
        self._options = {"use_listings_cache": False, "skip_instance_cache": True}
        self._options |= self.storage_options

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The filesystem, and the path of the source in it, without a `/` at the end."""
        filesystem, root = within(ANSWER_SECONDS, self._open)
        return filesystem, root.rstrip("/")

    def _open(self) -> tuple[Any, str]:
        import fsspec

        try:
            opened: tuple[Any, str] = fsspec.core.url_to_fs(self.url, **self._options)
        except ValueError as error:
            problem = (f"sources.{self.name}.url", self.url, f"a URL fsspec can open ({error})")
            raise SettingsError(
                f"{problem[0]}: {self.url} cannot be opened. {error}", problems=[problem]
            ) from error
        return opened

    @property
    def filesystem(self) -> Any:
        return self._opened[0]

    @property
    def root(self) -> str:
        return self._opened[1]

    def _entries(self) -> Iterator[Entry]:
        pending = [self.root]
        above = f"{self.root.lstrip('/')}/" if self.root.strip("/") else ""
        nothing = True
        while pending:
            folder = pending.pop()
            try:
                members = within(FOLDER_SECONDS, partial(self._members, folder))
            except TimeoutError:
                raise  # the next folder would take as long
            except Exception as error:  # each backend has error types of its own
                below = folder.removeprefix(self.root).lstrip("/")
                self._failed(folder or self.url, error, f"{below}/" if below else "")
                continue
            for info in members:
                name = info["name"].strip("/")
                if name == folder.strip("/"):
                    continue  # some backends list the folder itself as its first entry
                path = name.removeprefix(above)
                nothing = False
                if info["type"] == "directory":
                    if self._enters(path):
                        pending.append(info["name"].rstrip("/"))
                elif (entry := self._file(path, info)) is not None:
                    yield entry
        if nothing and not self.failures:
            self._empty()

    def _members(self, folder: str) -> list[dict[str, Any]]:
        members: list[dict[str, Any]] = self.filesystem.ls(folder or "/", detail=True)
        return members

    def _enters(self, path: str) -> bool:
        reason = self.selection.hides(path.rpartition("/")[2])
        if reason is None and not self.selection.enters(path):
            reason = "excluded"
        if reason:
            self.left_out[f"folder: {reason}"] += 1
        self._refuse_folder(path)
        return reason is None

    def _file(self, path: str, info: Mapping[str, Any]) -> Entry | None:
        """The entry of one file; None if it is left out, with its reason counted."""
        reason = self._hides(path.rpartition("/")[2])
        if reason is None and info["type"] != "file":
            reason = "not a file"
        if reason:
            self._leave_out(path, reason)
            return None
        tag = next((str(info[key]) for key in _TAGS if info.get(key)), None)
        return Entry(path, int(info.get("size") or 0), _changed(info), tag and tag.strip('"'))

    def open(self, path: str) -> BinaryIO:
        place = self._full_path(path)
        if self.filesystem._strip_protocol(place).strip("/") != place.strip("/"):
            # It would read another file: adlfs cuts a `?` out of names.
            raise self._unreadable(path, "its store's library cannot ask for a file of this name")
        try:
            return cast(BinaryIO, self.filesystem.open(place, "rb"))
        except DocumentError:
            raise
        except Exception as error:  # each backend has error types of its own
            raise self._unreadable(path, in_words(error)) from error

    def local_file(self, path: str) -> Path | None:
        self._full_path(path)
        return None

    def _full_path(self, path: str) -> str:
        if ".." in path.split("/"):
            raise self._unreadable(path, "not a path of this source")
        return f"{self.root}/{path}"


def _changed(info: Mapping[str, Any]) -> int | None:
    """Time of the last change in microseconds since 1970, from any backend's spelling; or None."""
    value = next((info[key] for key in _TIMES if info.get(key) is not None), None)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return microseconds(value)
    return int(value * 1_000_000) if isinstance(value, int | float) else None
