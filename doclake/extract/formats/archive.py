"""Archives: members become children under safe names. Nothing is written to disk here."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import safe_name, safe_path, unique
from doclake.extract.containers.zip_package import (
    BROKEN_ZIP,
    RATIO_FROM,
    check_declared,
    read_member,
)
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.text import charset
from doclake.settings import Limits

_UTF8_NAME = 0x800
_SKIPPED = ("__macosx/", "thumbs.db", ".ds_store")


class Zip:
    """ZIP with names in any encoding. Links and folders are skipped."""

    def extract(self, file: Path, options: Options) -> Extraction:
        try:
            archive = zipfile.ZipFile(file)
        except BROKEN_ZIP as error:
            raise DocumentMalformed(f"The archive is broken: {error}") from None
        with archive:
            members = archive.infolist()
            check_declared(members, options.limits)
            budget, lost = _Budget(options.limits), LostParts()
            children: list[Child] = []
            for info in members:
                if not info.is_dir() and not _is_link(info) and not _is_noise(info.filename):
                    name = safe_path(_zip_name(info))
                    with lost.part(name):
                        children.append(Child(name, self._read(archive, info, options, budget)))
        return _listed(children, options, "ZIP", lost)

    @staticmethod
    def _read(
        archive: zipfile.ZipFile, info: zipfile.ZipInfo, options: Options, budget: _Budget
    ) -> bytes:
        if info.flag_bits & 1:
            if options.password is None:
                raise DocumentEncrypted("The archive is encrypted.")
            archive.setpassword(options.password.encode())
        data = read_member(archive, info, budget.left)
        budget.take(len(data))
        return data


class Tar:
    """TAR, plain or compressed inside a `Gzip`."""

    def extract(self, file: Path, options: Options) -> Extraction:
        with file.open("rb") as stream:
            children, lost = read_tar(stream, options.limits)
        return _listed(children, options, "TAR", lost)


class Gzip:
    """GZ: a tar inside is opened at once, anything else becomes the one child."""

    def extract(self, file: Path, options: Options) -> Extraction:
        lost = LostParts()
        data = _gunzip(file, options.limits, lost)
        if data[257:262] == b"ustar":
            children, lost = read_tar(io.BytesIO(data), options.limits)
            return _listed(children, options, "TAR", lost)
        name = safe_name(options.name.rsplit("/", 1)[-1])
        stem = name[:-3] if name.lower().endswith(".gz") else f"{name}.content"
        return _listed([Child(stem or "content", data)], options, "GZ", lost)


class _Budget:
    """Bytes that may still be unpacked."""

    def __init__(self, limits: Limits) -> None:
        self.left = limits.archive_mb << 20

    def take(self, size: int) -> None:
        self.left -= size


def read_tar(stream: io.IOBase, limits: Limits) -> tuple[list[Child], LostParts]:
    """Regular members; links, devices and folders are skipped. Raises `LimitExceeded`."""
    children: list[Child] = []
    budget, lost = _Budget(limits), LostParts()
    try:
        with tarfile.open(fileobj=stream, mode="r:", errorlevel=0) as archive:
            for count, member in enumerate(archive):
                if count >= limits.archive_entries:
                    raise LimitExceeded(f"The archive has more than {count} members.")
                if not member.isfile() or _is_noise(member.name):
                    continue
                if member.size > budget.left:
                    raise LimitExceeded(f"The archive unpacks to more than {limits.archive_mb} MB.")
                content = archive.extractfile(member)
                data = content.read() if content else b""
                budget.take(len(data))
                children.append(Child(safe_path(member.name), data))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if not children:
            raise DocumentMalformed(f"The archive is broken: {error}") from None
        lost.add(DocumentMalformed(f"The archive is cut short: {error}"))
    return children, lost


def _gunzip(file: Path, limits: Limits, lost: LostParts) -> bytes:
    """The content, bounded by size and by ratio; a truncated file gives what is there."""
    size = file.stat().st_size
    most = min(limits.archive_mb << 20, max(size * limits.archive_ratio, RATIO_FROM))
    pieces, total = [], 0
    try:
        with gzip.open(file, "rb") as stream:
            while piece := stream.read1(1 << 20):  # all that stands before a cut
                total += len(piece)
                if total > most:
                    raise LimitExceeded(
                        f"The file unpacks to more than {most >> 20} MB.", limit="archive_ratio"
                    )
                pieces.append(piece)
    except (OSError, EOFError, zlib.error) as error:
        if not pieces:
            raise DocumentMalformed(f"The file cannot be unpacked: {error}") from None
        lost.add(DocumentMalformed(f"The file is cut short: {error}"))
    return b"".join(pieces)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are in the encoding of the machine that packed them."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    return charset.decode(raw)[0]


def _is_link(info: zipfile.ZipInfo) -> bool:
    return (info.external_attr >> 16) & 0o170000 == 0o120000


def _is_noise(name: str) -> bool:
    """What operating systems leave in archives unasked."""
    lowered = name.replace("\\", "/").lower()
    last = lowered.rsplit("/", 1)[-1]
    return lowered.startswith(_SKIPPED[0]) or last in _SKIPPED or last.startswith("._")


def _listed(children: list[Child], options: Options, kind: str, lost: LostParts) -> Extraction:
    """The children, and one Metadata element that lists them."""
    children = unique([child for child in children if child.data])
    if not children:
        raise lost.first or DocumentEmpty("The archive holds no file with content.")
    blocks = Blocks("archive", options.limits)
    names = [child.name for child in children]
    blocks.add("Metadata", "\n".join([f"{kind} archive of {len(names)} files", *names]))
    return Extraction(blocks.elements, children, page_metadata=lost.fields)
