"""E-mail (RFC 5322, MIME) and mailboxes (mbox) with the standard library's lenient parser.

What Outlook wraps a message in (TNEF) and signed envelopes (S/MIME) are opened.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract import charset, cms, mail_body, tnef
from doclake.extract.blocks import Blocks, clean
from doclake.extract.children import safe_name, unique
from doclake.extract.mail_body import Body
from doclake.extract.model import Child, Extraction, Options

_SHOWN = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")
_SIGNATURES = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_ENVELOPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SUFFIXES = {"text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml"}
_SPLIT = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*\d{4}[^\n]*\n")
_MAX_DEPTH = 30


class Mail:
    """One message: its fields as one Metadata element, its body, attachments as children."""

    def extract(self, file: Path, options: Options) -> Extraction:
        message = parse(file.read_bytes())
        blocks = Blocks("email", options.limits)
        subject = _field(message, "Subject")
        reader = _Reader(options)
        try:
            reader.collect(message, 0)
        except RecursionError:
            raise LimitExceeded("The parts of the message nest too deep.") from None
        names = ", ".join(child.name for child in reader.children)
        shown = [f"{name}: {value}" for name in _SHOWN if (value := _field(message, name))]
        blocks.add("Metadata", "\n".join([*shown, *([f"Attachments: {names}"] if names else [])]))
        for body in reader.shown():
            mail_body.add(body, blocks)
        if not blocks.elements and not reader.children:
            raise DocumentEmpty("The message has neither fields nor body.")
        facts = {name.lower(): v for name in _SHOWN[:-1] if (v := _field(message, name))}
        return Extraction(
            blocks.elements, unique(reader.children), title=subject or None, metadata=facts
        )


class Mailbox:
    """Many messages in one file: each becomes a child, the list of subjects an element."""

    def extract(self, file: Path, options: Options) -> Extraction:
        data = file.read_bytes()
        starts = [match.end() for match in _SPLIT.finditer(data)]
        if len(starts) > options.limits.archive_entries:
            raise LimitExceeded(f"The mailbox has {len(starts)} messages.", limit="archive_entries")
        ends = [*[match.start() for match in _SPLIT.finditer(data)][1:], len(data)]
        children, subjects = [], []
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
            message = re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end])
            subject = _field(message_from_bytes(message[: 1 << 16]), "Subject")
            subjects.append(subject or "(no subject)")
            children.append(Child(f"{number:05d} {safe_name(subject, 'message')}.eml", message))
        if not children:
            raise DocumentEmpty("The mailbox holds no message.")
        blocks = Blocks("email", options.limits)
        blocks.add("Metadata", "\n".join([f"Mailbox with {len(children)} messages", *subjects]))
        return Extraction(blocks.elements, children)


def parse(data: bytes) -> Message:
    """The message; what is malformed in it is kept as the parser found it."""
    try:
        return message_from_bytes(plain(data))
    except RecursionError:
        raise LimitExceeded("The parts of the message nest too deep.") from None


def plain(data: bytes) -> bytes:
    """The bytes from the first field on: UTF-16 undone, no mark that hides it from a parser."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:200]:
        data = charset.decode(data)[0].encode()
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


class _Reader:
    """Bodies to show and children to hand on, from the tree of parts."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.limits = options.limits
        self.bodies: list[Body] = []
        self.children: list[Child] = []
        self._wrapped: list[Body] = []
        self._parts = 0

    def shown(self) -> list[Body]:
        """The bodies. That of a TNEF is mostly one of them once more; it counts where they say
        much less."""
        if not self._wrapped:
            return self.bodies
        said = mail_body.length(self.bodies, self.limits) * 2
        enough = said >= mail_body.length(self._wrapped, self.limits)
        return self.bodies if enough else self.bodies + self._wrapped

    def collect(self, part: Message, depth: int) -> None:
        self._parts += 1
        if self._parts > self.limits.archive_entries or depth > _MAX_DEPTH:
            raise LimitExceeded(f"The message has {self._parts} parts, {depth} deep.")
        kind = part.get_content_type()
        if kind == "multipart/encrypted":
            raise DocumentEncrypted("The message is encrypted.")
        if kind in _ENVELOPES or _file_name(part).lower().endswith("smime.p7m"):
            self._envelope(part, kind, depth)
        elif kind == "message/rfc822" and depth:
            self._forwarded(part)
        elif kind == "message/delivery-status":
            self.bodies.append(("text/plain", _status(part)))
        elif part.is_multipart():
            parts: list[Any] = part.get_payload()  # type: ignore[assignment]
            if kind == "multipart/alternative":
                self._alternative(parts, depth)
            else:
                for inner in parts:
                    self.collect(inner, depth + 1)
        elif kind in ("text/plain", "text/html", "text/enriched") and not _is_attached(part):
            body = _text(part)
            if body.strip():
                self.bodies.append((kind, body))
        elif kind not in _SIGNATURES:
            self._attachment(part, kind)

    def _alternative(self, parts: list[Message], depth: int) -> None:
        """The same body in several forms: HTML keeps the structure, unless it says much less."""
        before = len(self.bodies)
        for inner in parts:
            self.collect(inner, depth + 1)
        forms = self.bodies[before:]
        rich = [form for form in forms if form[0] == "text/html"]
        plain = [form for form in forms if form[0] != "text/html"]
        if rich and plain:
            words = sum(len(clean(re.sub(r"<[^>]*>", " ", body))) for _, body in rich)
            keep = rich if words * 2 > sum(len(clean(body)) for _, body in plain) else plain
            self.bodies[before:] = keep

    def _envelope(self, part: Message, kind: str, depth: int) -> None:
        """The signed entity inside of S/MIME, read as if it stood there."""
        try:
            inner = cms.content(_content(part))
        except DocumentMalformed:
            if str(part.get_param("smime-type") or "enveloped").lower().startswith("enveloped"):
                raise DocumentEncrypted("The message is encrypted.") from None
            self._attachment(part, kind)
            return
        if inner:
            self.collect(message_from_bytes(inner), depth + 1)

    def _forwarded(self, part: Message) -> None:
        inners: Any = part.get_payload() if part.is_multipart() else []
        for inner in inners:
            if isinstance(inner, Message):
                subject = safe_name(_field(inner, "Subject"), "message")
                self.children.append(Child(f"{subject}.eml", inner.as_bytes()))

    def _attachment(self, part: Message, kind: str) -> None:
        data = _content(part)
        if not data:
            return
        name = _file_name(part)
        if data.startswith(tnef.SIGNATURE):
            wrapped = tnef.parse(data, self.options)
            self._wrapped += wrapped.bodies
            self.children += wrapped.children
            return
        if not name:
            suffix = _SUFFIXES.get(kind, f".{kind.rsplit('/', 1)[-1]}")
            name = f"attachment-{len(self.children) + 1}{suffix}"
        self.children.append(Child(safe_name(name), data))


def _status(part: Message) -> str:
    """What became of a mail (RFC 3464): groups of fields, for the message and each recipient."""
    if not part.is_multipart():
        return _text(part)
    groups: Any = part.get_payload()
    return "\n\n".join(
        "\n".join(f"{name}: {_field(group, name)}" for name in dict.fromkeys(group.keys()))
        for group in groups
    )


def _is_attached(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition") or "").strip().lower()
    return disposition.startswith("attachment") or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return _decode(part.get_filename() or "")
    except (LookupError, ValueError, TypeError):
        return ""


def _content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone where that can be."""
    for decode in (True, False):
        try:
            data: Any = part.get_payload(decode=decode)
        except (LookupError, ValueError, AssertionError, MessageError):
            continue
        if isinstance(data, (bytes, str)):
            return data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
    return b""


def _text(part: Message) -> str:
    data = _content(part)
    declared = part.get_param("charset")
    body, _ = charset.decode(data, declared=declared if isinstance(declared, str) else None)
    if str(part.get_param("format") or "").lower() == "flowed":
        body = re.sub(r"(?<!^--) \r?\n(?![>\s])", " ", body)
    return body


def _field(message: Message, name: str) -> str:
    try:
        values = message.get_all(name) or []
    except (ValueError, IndexError):
        return ""
    hint = _charset_of(message)
    return ", ".join(filter(None, (clean(_decode(value, hint), lines=False) for value in values)))


def _charset_of(message: Message) -> str | None:
    """What the message, or else its first part, says of its text."""
    first: Any = message.get_payload() if message.is_multipart() else None
    for part in (message, first[0] if isinstance(first, list) and first else None):
        declared = part.get_param("charset") if isinstance(part, Message) else None
        if isinstance(declared, str):
            return declared
    return None


def _decode(value: Any, hint: str | None = None) -> str:
    """A field in words: RFC 2047 words, or raw bytes, most likely in the encoding of the body."""
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
    """The parser keeps bytes beyond ASCII as lone surrogates."""
    return any("\udc80" <= c <= "\udcff" for c in text) and all(
        c.isascii() or "\udc80" <= c <= "\udcff" for c in text
    )
