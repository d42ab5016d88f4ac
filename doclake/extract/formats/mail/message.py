"""E-mail (RFC 5322, MIME) with the standard library's lenient parser.

Outlook's wrapping of a message (TNEF) and signed envelopes (S/MIME) are opened.
"""

from __future__ import annotations

import re
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import safe_name, unique
from doclake.extract.formats.mail import smime, tnef
from doclake.extract.formats.mail.body import Body, add, length
from doclake.extract.formats.mail.fields import (
    content,
    field,
    file_name,
    is_attached,
    is_shown,
    part_text,
)
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean

_SHOWN = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")
_THREAD = ("Message-ID", "In-Reply-To", "References")
_SIGNATURES = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_STYLE = "text/css"
_DRESS = (_STYLE, "text/javascript", "application/javascript", "application/x-javascript")
"""What saved pages (MHTML) bring along for the look and the moves of their text."""
_ENVELOPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SUFFIXES = {"text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml"}
_MAX_DEPTH = 30


class Mail:
    """One message: its fields as one Metadata element, its body, attachments as children."""

    def extract(self, file: Path, options: Options) -> Extraction:
        message = parse(file.read_bytes())
        blocks = Blocks("email", options.limits)
        subject = field(message, "Subject")
        reader = _Reader(options, blocks.lost)
        try:
            reader.collect(message, 0)
        except RecursionError:
            raise LimitExceeded("The parts of the message nest too deep.") from None
        names = ", ".join(child.name for child in reader.children)
        shown = [f"{name}: {value}" for name in _SHOWN if (value := field(message, name))]
        blocks.add("Metadata", "\n".join([*shown, *([f"Attachments: {names}"] if names else [])]))
        for body in reader.shown():
            with blocks.lost.part("body"):
                add(body, blocks, reader.sheet)
        if not blocks.elements and not reader.children:
            raise DocumentEmpty("The message has neither fields nor body.")
        facts = {name: v for name in (*_SHOWN, *_THREAD) if (v := field(message, name))}
        return blocks.extraction(
            unique(reader.children),
            title=subject or None,
            metadata=facts,
        )


def parse(data: bytes) -> Message:
    """The message; malformed parts stay as the parser found them."""
    try:
        return message_from_bytes(plain(data))
    except RecursionError:
        raise LimitExceeded("The parts of the message nest too deep.") from None


def plain(data: bytes) -> bytes:
    """The bytes from the first field on, as UTF-8 without a byte order mark, for a parser."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:200]:
        data = charset.decode(data)[0].encode()
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


class _Reader:
    """Gathers bodies and children from the tree of parts."""

    def __init__(self, options: Options, lost: LostParts) -> None:
        self.options = options
        self._lost = lost
        self.limits = options.limits
        self.bodies: list[Body] = []
        self.children: list[Child] = []
        self._wrapped: list[Body] = []
        self._sheets: dict[str, str] = {}
        self._base = ""
        self._parts = 0

    def shown(self) -> list[Body]:
        """The bodies, and that of a TNEF if they say much less: mostly it repeats one of them."""
        if not self._wrapped:
            return self.bodies
        enough = length(self.bodies, self.limits) * 2 >= length(self._wrapped, self.limits)
        return self.bodies if enough else self.bodies + self._wrapped

    def collect(self, part: Message, depth: int) -> None:
        self._parts += 1
        if self._parts > self.limits.archive_entries or depth > _MAX_DEPTH:
            raise LimitExceeded(f"The message has {self._parts} parts, {depth} deep.")
        kind = part.get_content_type()
        if kind == "multipart/encrypted":
            raise DocumentEncrypted("The message is encrypted.")
        if kind in _ENVELOPES or file_name(part).lower().endswith("smime.p7m"):
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
                    self._inner(inner, depth)
        elif kind in ("text/plain", "text/html", "text/enriched") and not is_attached(part):
            body = part_text(part)
            if body.strip():
                self.bodies.append((kind, body))
                self._base = self._base or field(part, "Content-Location")
        elif kind not in _SIGNATURES:
            self._attachment(part, kind)

    def sheet(self, href: str) -> str | None:
        """The style sheet that came along under an address."""
        known = self._sheets.get(unquote(href))
        if known is None and self._sheets:
            with suppress(ValueError):
                known = self._sheets.get(unquote(urljoin(self._base, href)))
        return known

    def _inner(self, part: Message, depth: int) -> None:
        with self._lost.part(file_name(part) or part.get_content_type()):
            self.collect(part, depth + 1)

    def _alternative(self, parts: list[Message], depth: int) -> None:
        """The same body in several forms: HTML keeps the structure, unless it says much less."""
        before = len(self.bodies)
        for inner in parts:
            self._inner(inner, depth)
        forms = self.bodies[before:]
        rich = [form for form in forms if form[0] == "text/html"]
        plain = [form for form in forms if form[0] != "text/html"]
        if rich and plain:
            words = sum(len(clean(re.sub(r"<[^>]*>", " ", body))) for _, body in rich)
            keep = rich if words * 2 > sum(len(clean(body)) for _, body in plain) else plain
            self.bodies[before:] = keep

    def _envelope(self, part: Message, kind: str, depth: int) -> None:
        """Read the signed entity in an S/MIME envelope as if it stood in its place."""
        try:
            inner = smime.content(content(part))
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
                subject = safe_name(field(inner, "Subject"), "message")
                self.children.append(Child(f"{subject}.eml", inner.as_bytes()))

    def _attachment(self, part: Message, kind: str) -> None:
        if kind == _STYLE:
            self._sheets.update(dict.fromkeys(_addresses(part), part_text(part)))
        if kind in _DRESS and not is_attached(part):
            return
        data = content(part)
        if not data:
            return
        name = file_name(part)
        if data.startswith(tnef.SIGNATURE):
            wrapped = tnef.parse(data, self.options)
            self._wrapped += wrapped.bodies
            self.children += wrapped.children
            return
        if not name:
            suffix = _SUFFIXES.get(kind, f".{kind.rsplit('/', 1)[-1]}")
            name = f"attachment-{len(self.children) + 1}{suffix}"
        self.children.append(Child(safe_name(name), data, shown=is_shown(part)))


def _addresses(part: Message) -> list[str]:
    """Under which other parts may refer to it (RFC 2557)."""
    identity, location = field(part, "Content-ID").strip("<> "), field(part, "Content-Location")
    return [unquote(address) for address in (identity and f"cid:{identity}", location) if address]


def _status(part: Message) -> str:
    """What became of a mail (RFC 3464): groups of fields, for the message and each recipient."""
    if not part.is_multipart():
        return part_text(part)
    groups: Any = part.get_payload()
    return "\n\n".join(
        "\n".join(f"{name}: {field(group, name)}" for name in dict.fromkeys(group.keys()))
        for group in groups
    )
