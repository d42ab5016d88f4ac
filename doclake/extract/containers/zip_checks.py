"""ZIP containers that would unpack to more than the limits allow, refused before unpacking."""

from __future__ import annotations

import zipfile
from pathlib import Path

from doclake.errors import DocumentMalformed, LimitExceeded
from doclake.extract.containers.zip_package import BROKEN_ZIP
from doclake.extract.limits import MIB
from doclake.settings import Limits

_RATIO_MATTERS = 16 * MIB  # smaller members may have any ratio
_END = b"PK\x05\x06"
_LOCAL_HEADER = 30


def check_zip(file: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members of a ZIP container in their order, without folders. Nothing is unpacked.

    Raises `DocumentMalformed` (not a ZIP, overlapping members), `LimitExceeded` (entries, unpacked
    size, ratio). Duplicate names are allowed: readers differ in which one they take, so callers
    decide.
    """
    _check_entry_count(file, limits)
    try:
        with zipfile.ZipFile(file) as container:
            members = container.infolist()
    except BROKEN_ZIP as error:
        raise DocumentMalformed(f"Its ZIP directory cannot be read: {error}") from error
    _check_declared_sizes(members, limits)
    _check_overlap(members)
    return [member for member in members if not member.is_dir()]


def _check_entry_count(file: Path, limits: Limits) -> None:
    """Check the end record alone, so that a directory of millions of entries is never parsed."""
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 65_557))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 12:
        return
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    # 0xffff: the true count stands in the ZIP64 record; a directory entry has at least 46 bytes.
    entries = directory // 46 if entries == 0xFFFF and directory != 0xFFFFFFFF else entries
    if entries > limits.archive_entries:
        raise _too_many(entries, limits)


def _too_many(entries: int, limits: Limits) -> LimitExceeded:
    return LimitExceeded(
        f"It has {entries} entries; {limits.archive_entries} are allowed.",
        limit="archive_entries",
        entries=entries,
    )


def _check_declared_sizes(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.archive_entries:
        raise _too_many(len(members), limits)
    total = sum(member.file_size for member in members)
    if total > limits.archive_mb * MIB:
        raise LimitExceeded(
            f"It unpacks to {total / MIB:.0f} MB; {limits.archive_mb} MB are allowed.",
            limit="archive_mb",
            size=total,
        )
    for member in members:
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > _RATIO_MATTERS and ratio > limits.archive_ratio:
            raise LimitExceeded(
                f"A member unpacks to {ratio:.0f} times its size; {limits.archive_ratio} times "
                "are allowed.",
                limit="archive_ratio",
                ratio=round(ratio),
            )


def _check_overlap(members: list[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes: a flat bomb gets its ratio that way.
    https://www.bamsoftware.com/hacks/zipbomb/"""
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise DocumentMalformed("Members of its ZIP container overlap.", overlap=True)
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
