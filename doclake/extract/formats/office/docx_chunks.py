"""Documents that Word imports when it opens a DOCX (`w:altChunk`): HTML, MHT, RTF, text, DOCX."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from doclake.errors import DocumentError, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.formats.plain import text
from doclake.extract.formats.rtf import reader as rtf
from doclake.extract.formats.rtf.tokens import is_rtf
from doclake.extract.model import Child
from doclake.extract.text import charset

_ZIP = b"PK\x03\x04"
_HEAD = 2048
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|div|p|table|h[1-6]|span|br|ul|ol)\b", re.I
)
_MAIL = re.compile(rb"^(?:mime-version|content-type|from):", re.IGNORECASE | re.MULTILINE)
_TEXTS = (".txt", ".text")

Nested = Callable[[Path], None]
"""Adds the elements of a DOCX in a file."""


def add(name: str, data: bytes, blocks: Blocks, nested: Nested) -> list[Child]:
    """Add an imported document. One that cannot be read here becomes a child: it is extracted by
    itself, and if nothing reads it, its failure says so."""
    try:
        if data.startswith(_ZIP):
            _add_docx(data, nested)
        elif is_rtf(data):
            rtf.read(data, blocks)
        elif _MAIL.search(data[:_HEAD]) and b"boundary" in data[:_HEAD].lower():
            _add_archive(data, blocks)
        elif _MARKUP.search(data[:_HEAD]):
            html.read(charset.decode(data)[0], blocks, boilerplate=False)
        elif PurePosixPath(name).suffix.lower() in _TEXTS:
            text.add_paragraphs(charset.decode(data)[0], blocks)
        else:
            return [Child(PurePosixPath(name).name, data)]
    except LimitExceeded:
        raise
    except DocumentError:
        return [Child(PurePosixPath(name).name, data)]
    return []


def _add_docx(data: bytes, nested: Nested) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "document"
        file.write_bytes(data)
        nested(file)


def _add_archive(data: bytes, blocks: Blocks) -> None:
    """A web page in one file (MHT): its first page, else its first text."""
    message = message_from_bytes(data, policy=policy.default)
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    parts.sort(key=lambda part: part.get_content_subtype() != "html")
    for part in parts[:1]:
        content = part.get_payload(decode=True)
        raw = content if isinstance(content, bytes) else b""
        words = charset.decode(raw, declared=part.get_content_charset())[0]
        if part.get_content_subtype() == "html":
            html.read(words, blocks, boilerplate=False)
        else:
            text.add_paragraphs(words, blocks)
