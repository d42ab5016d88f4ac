"""Identifiers. All are lowercase hex, so they are safe in an SQL predicate."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import BinaryIO

_SEPARATOR = "\x1f"  # never part of a path or a text, so joined parts cannot collide


def digest(*parts: str, size: int = 16) -> str:
    """BLAKE2b of the parts, `2 * size` hex digits. Lone surrogates are kept, not refused."""
    raw = _SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=size).hexdigest()


def content_hash(data: bytes) -> str:
    """SHA-256 of the document's bytes: the identity of a version."""
    return hashlib.sha256(data).hexdigest()


def content_hash_of(stream: BinaryIO) -> str:
    """`content_hash` of a stream, read in blocks."""
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def doc_id(source: str, path: str) -> str:
    """Stable across content changes: it names the place, not the bytes."""
    return digest("doc", source, path)


def child_path(parent_path: str, member: str) -> str:
    """Path of a document found inside another one (an attachment, a member of an archive)."""
    return f"{parent_path}!/{member}"


def element_id(doc: str, page: int | None, kind: str, text: str, occurrence: int) -> str:
    """`occurrence` counts equal elements on a page, so an edit elsewhere leaves the id alone."""
    return digest("element", doc, str(page), kind, text, str(occurrence))


def chunk_id(doc: str, section: list[str], text_hash: str, occurrence: int) -> str:
    """From content and place; `occurrence` counts equal texts in a section of the document."""
    return digest("chunk", doc, *section, text_hash, str(occurrence))


def text_hash(text: str) -> str:
    """Key of an embedding. NFC first: the same Hangul must not be embedded twice."""
    return digest("text", unicodedata.normalize("NFC", text))


def bucket(root_id: str, buckets: int) -> str:
    """Partition of a document: two digits. Children follow their root, so a document tree is
    always handled, replaced and deleted inside one partition."""
    return f"{int(root_id[:8], 16) % buckets:02d}"


def bucket_names(buckets: int) -> list[str]:
    return [f"{i:02d}" for i in range(buckets)]
