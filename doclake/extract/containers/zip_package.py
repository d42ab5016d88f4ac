"""A ZIP container with named parts (OOXML, ODF, EPUB, HWPX), read within limits."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from doclake.errors import DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.containers import package_encryption
from doclake.settings import Limits

if TYPE_CHECKING:
    from lxml import etree

RATIO_FROM = 1 << 20
"""Smaller members may have any ratio: a page of blanks is no bomb."""
MAX_PART_MB = 100
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    # For a compression method or a version of ZIP that zipfile does not know: one flipped byte in a
    # header is enough.
    NotImplementedError,
    ValueError,
)
"""All exceptions of zipfile for a damaged container, on opening it and on reading a member."""


class Package:
    """The parts of a container by name. A context manager.

    Raises `LimitExceeded` for a part that is too large by its declaration, before unpacking, or in
    fact, while unpacking; `DocumentMalformed` if it is no ZIP; `DocumentEncrypted`.
    """

    def __init__(self, file: Path, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN_ZIP as error:
            raise DocumentMalformed(f"The container is broken: {error}") from None
        self._limits = limits
        self._left = limits.archive_mb << 20
        try:
            check_declared(self._zip.infolist(), limits)
        except BaseException:
            self._zip.close()
            raise
        self._names = {info.filename.replace("\\", "/"): info for info in self._zip.infolist()}
        self._folded = {name.lower(): name for name in self._names}
        self._keys: package_encryption.Keys | None = None
        self._schemes: dict[str, package_encryption.Scheme] = {}

    def unlock(self, password: str | None) -> None:
        """Decrypt from now on the parts that the manifest says are encrypted. Raises
        `DocumentEncrypted` if there are any and no password opens them."""
        if not self.has(package_encryption.MANIFEST):
            return
        manifest = self.xml(package_encryption.MANIFEST, recover=True)
        self._schemes = package_encryption.schemes(manifest)
        if self._schemes and not password:
            raise DocumentEncrypted("The document needs a password.")
        self._keys = package_encryption.Keys(password) if password else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def has(self, name: str) -> bool:
        return name.lower() in self._folded

    def read(self, name: str) -> bytes:
        """Bytes of a part. The case of its name does not matter, as OPC requires."""
        info = self._names.get(self._folded.get(name.lower(), ""))
        if info is None:
            raise DocumentMalformed(f"The container has no part {name!r}.", part=name)
        if info.flag_bits & 1:
            raise DocumentEncrypted(f"{name!r} is encrypted.", part=name)
        limit = min(self._left, MAX_PART_MB << 20)
        data = read_member(self._zip, info, limit)
        scheme = self._schemes.get(info.filename.replace("\\", "/"))
        if scheme is not None and self._keys is not None:
            data = self._keys.plain(data, scheme, name, limit)
        self._left -= len(data)
        return data

    def xml(self, name: str, *, recover: bool = False) -> etree._Element:
        from doclake.extract.containers import safe_xml

        return safe_xml.parse(self.read(name), name, recover=recover)


def check_declared(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Check the central directory: entries, total size, ratio, shared offsets. Raises
    `LimitExceeded`."""
    if len(members) > limits.archive_entries:
        raise LimitExceeded(
            f"The container has {len(members)} members.",
            limit="archive_entries",
            allowed=limits.archive_entries,
        )
    offsets = {info.header_offset for info in members}
    if len(offsets) < len(members):
        raise LimitExceeded("Members of the container share the same bytes.", limit="overlap")
    total = sum(info.file_size for info in members)
    if total > limits.archive_mb << 20:
        raise LimitExceeded(
            f"The container unpacks to {total >> 20} MB.",
            limit="archive_mb",
            allowed=limits.archive_mb,
        )
    for info in members:
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > RATIO_FROM and ratio > limits.archive_ratio:
            raise LimitExceeded(
                f"{info.filename!r} unpacks {ratio:.0f} to 1.",
                limit="archive_ratio",
                allowed=limits.archive_ratio,
            )


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Bytes of one member. Raises `LimitExceeded` beyond `limit`, even if its header says less."""
    try:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    except BROKEN_ZIP as error:  # first, because NotImplementedError is a RuntimeError too
        raise DocumentMalformed(f"{info.filename!r} cannot be unpacked: {error}") from None
    except RuntimeError as error:  # zipfile asks for a password
        raise DocumentEncrypted(f"{info.filename!r} is encrypted.") from error
    if len(data) > limit:
        raise LimitExceeded(f"{info.filename!r} unpacks to more than {limit >> 20} MB.")
    return data


def resolve(base: str, target: str) -> str:
    """Name of the part that a reference `target` in part `base` points to. It never leaves the
    container: `..` beyond the root is dropped."""
    target = unquote(target.split("#", 1)[0]).replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join(posixpath.dirname(base), target)
    return posixpath.normpath("/" + joined).lstrip("/")
