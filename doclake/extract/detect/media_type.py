"""The media type of a document, by its bytes; by its name only where they leave a choice.

Signatures come first, then the contents of a ZIP or OLE container, then the words of a text.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from doclake.errors import DocumentEmpty, UnsupportedFormat
from doclake.extract.detect import magic_bytes, recordings, text_kinds
from doclake.extract.detect.containers import ole_type, zip_type
from doclake.extract.detect.magic_bytes import (
    HEAD,
    SIGNATURES,
    UNREADABLE,
    ends_as_pdf,
    is_old_tar,
    is_prose,
)

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def media_type(file: Path, name: str) -> str:
    """Media type of the document in `file`, which its source calls `name`.

    Raises `DocumentEmpty` for no bytes, and `UnsupportedFormat` with what it looks like.
    """
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise DocumentEmpty("The file has no bytes.")
    return _binary(file, head) or text_kinds.media_type(file, head, name) or _refuse(head, name)


def _refuse(head: bytes, name: str) -> str:
    if b"%PDF-" in head or b"endobj" in head:
        return "application/pdf"
    looks = "unknown binary data" if PurePosixPath(name).suffix else "unknown data without a name"
    raise UnsupportedFormat(
        f"No known document format: it looks like {looks}.", head=head[:8].hex()
    )


def _binary(file: Path, head: bytes) -> str | None:
    for magic, kind in SIGNATURES:
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_type(file, head)
    if head.startswith(_OLE_MAGIC):
        return ole_type(file)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if magic_bytes.is_cms(head):
        return "application/pkcs7-mime"
    if re.match(rb"[\s\0]*(\xef\xbb\xbf)?\s*\{\\rtf", head[:64]):
        return "application/rtf"
    # Readers accept a PDF after some rubbish, but HTML may hold a PDF in a comment.
    if b"%PDF-" in head[:1024] and (head.lstrip()[:1] != b"<" or ends_as_pdf(file)):
        return "application/pdf"
    if head[257:262] == b"ustar" or is_old_tar(file, head):
        return "application/x-tar"
    if recording := recordings.media_type(head):
        return recording
    for magic, looks in UNREADABLE:
        if head.startswith(magic) and not is_prose(head):
            raise UnsupportedFormat(f"No extractor reads it: it looks like {looks}.", looks=looks)
    if head[4:8] == b"ftyp":
        raise UnsupportedFormat("No extractor reads it: it looks like a photo (HEIC, AVIF).")
    return None
