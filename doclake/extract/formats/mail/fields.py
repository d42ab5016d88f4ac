"""Header fields and bodies of messages, decoded as they are and not as they should be."""

from __future__ import annotations

from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import Any

from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean


def is_attached(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition") or "").strip().lower()
    return disposition.startswith("attachment") or bool(file_name(part))


def is_shown(part: Message) -> bool:
    """Whether the body shows it, as a logo or a signature (RFC 2392, RFC 2183)."""
    disposition = str(part.get("Content-Disposition") or "").strip().lower()
    return disposition.startswith("inline") or "Content-ID" in part


def file_name(part: Message) -> str:
    try:
        for field, name in (("Content-Disposition", "filename"), ("Content-Type", "name")):
            value = part.get_param(name, header=field)
            if isinstance(value, tuple):  # RFC 2231: charset, language, bytes as characters
                raw = value[2].encode("raw-unicode-escape")
                return charset.decode(raw, declared=value[0])[0].strip()
            if value is not None:
                break
        return _decode(part.get_filename() or "")
    except (LookupError, ValueError, TypeError):
        return ""


def content(part: Message) -> bytes:
    """The bytes of a part, with its transfer encoding undone where possible."""
    for decode in (True, False):
        try:
            data: Any = part.get_payload(decode=decode)
        except (LookupError, ValueError, AssertionError, MessageError):
            continue
        if isinstance(data, (bytes, str)):
            return data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
    return b""


def part_text(part: Message) -> str:
    data = content(part)
    declared = part.get_param("charset")
    body, _ = charset.decode(data, declared=declared if isinstance(declared, str) else None)
    if str(part.get_param("format") or "").lower() == "flowed":
        return _unflowed(body, glued=str(part.get_param("delsp") or "").lower() == "yes")
    return body


def _unflowed(body: str, *, glued: bool) -> str:
    """Paragraphs whose lines were parted for the eye, as one line each (RFC 3676). `glued`: the
    space that marks such a line end is none of the text."""
    paragraphs: list[str] = []
    flows, quoted = False, 0
    for line in body.splitlines():
        text = line.lstrip(">")
        depth = len(line) - len(text)
        text = text.removeprefix(" ")  # stuffed, so that no mailer mistakes it
        soft = text.endswith(" ") and text != "-- "
        text = text[:-1] if soft and glued else text
        if flows and depth == quoted and text != "-- ":
            paragraphs[-1] += text
        else:
            paragraphs.append(f"{'>' * depth}{' ' if depth else ''}{text}")
        flows, quoted = soft, depth
    return "\n".join(paragraphs)


def field(message: Message, name: str) -> str:
    try:
        values = message.get_all(name) or []
    except (ValueError, IndexError):
        return ""
    hint = _charset_of(message)
    return ", ".join(filter(None, (clean(_decode(value, hint), lines=False) for value in values)))


def _charset_of(message: Message) -> str | None:
    """The charset that the message, or else its first part, declares."""
    first: Any = message.get_payload() if message.is_multipart() else None
    for part in (message, first[0] if isinstance(first, list) and first else None):
        declared = part.get_param("charset") if isinstance(part, Message) else None
        if isinstance(declared, str):
            return declared
    return None


def _decode(value: Any, hint: str | None = None) -> str:
    """The text of a field: RFC 2047 words, or raw bytes, most likely encoded as the body."""
    try:
        parts = decode_header(str(value) if not hasattr(value, "encode") else value)
    except (MessageError, ValueError):
        parts = [(str(value), None)]
    pieces = []
    for piece, codec in parts:
        if isinstance(piece, str):
            piece = piece.encode("ascii", "surrogateescape") if _is_raw(piece) else piece
        known = codec if codec and codec.lower() != "unknown-8bit" else hint
        pieces.append(
            charset.decode(piece, declared=known)[0] if isinstance(piece, bytes) else piece
        )
    return "".join(pieces)


def _is_raw(text: str) -> bool:
    """Whether it holds raw bytes: the parser keeps those beyond ASCII as lone surrogates."""
    return any("\udc80" <= c <= "\udcff" for c in text) and all(
        c.isascii() or "\udc80" <= c <= "\udcff" for c in text
    )
