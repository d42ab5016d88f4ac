"""Formats by their first bytes."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

from doclake.extract import registry

HEAD = 1 << 16
SIGNATURES = [(magic, kind.name) for _, kind in registry.kinds() for magic in kind.signatures]
# No extractor reads these, but the error can name them.
UNREADABLE: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mac program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\0\0\1\0", "an icon"),
    (b"HWP Document File V", "a HWP document older than version 5"),
    (b"wOFF", "a font"),
    (b"\0\1\0\0\0", "a font"),
)


def ends_as_pdf(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 1024))
        return b"%%EOF" in stream.read()


def is_prose(head: bytes) -> bool:
    """Does it look like prose? A sentence may begin like a short signature (MZ, BZh, PAR1)."""
    return all(byte >= 32 or byte in (9, 10, 12, 13) for byte in head[:256])


def is_old_tar(file: Path, head: bytes) -> bool:
    """Is it a tar from before POSIX? It has no signature, but a checksum that is never right by
    chance."""
    if len(head) < 512 or not head[148:156].strip(b"\0 ").isdigit():
        return False
    try:
        return tarfile.is_tarfile(file)
    except (OSError, tarfile.TarError):
        return False


# A sequence, its length in any form, then an object identifier of PKCS #7: 1.2.840.113549.1.7.
_CMS_START = re.compile(
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07",
    re.DOTALL,
)


def is_cms(data: bytes) -> bool:
    return _CMS_START.match(data) is not None
