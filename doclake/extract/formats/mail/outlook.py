"""Outlook messages (MSG), read with python-oxmsg, the reader unstructured uses too."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole
from doclake.extract.containers.member_names import safe_name, unique
from doclake.extract.formats.mail import smime
from doclake.extract.formats.mail.body import RTF, Body, add, richest
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.text.cleaning import clean

_FROM_NAME, _FROM_ADDRESS, _FROM_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_HTML, _RTF = 0x1013, 0x1009
_FILE_NAMES = (0x3707, 0x3704, 0x3001)
_CONTENT_ID = 0x3712
_ENVELOPED = "IPM.NOTE.SMIME"
_TABLE = "__properties_version1.0"
_ROOT_HEAD, _INNER_HEAD = 32, 24
_MAX_DEPTH = 10
_THREAD = {"Message-ID": 0x1035, "References": 0x1039, "In-Reply-To": 0x1042}
_FIELDS = (("To", 0x0E04), ("Cc", 0x0E03), ("Bcc", 0x0E02))


class OutlookMessage:
    """One message: its fields as one Metadata element, its body, attachments as children."""

    def extract(self, file: Path, options: Options) -> Extraction:
        message = _load(file)
        blocks = Blocks("oxmsg", options.limits)
        subject = clean(_get(message, "subject") or "", lines=False)
        children = unique(_opened(message, _attachments(message, blocks.lost)))
        fields = _fields(message)
        shown = [f"{name}: {value}" for name, value in fields.items()]
        shown += [f"Subject: {subject}"] if subject else []
        names = ", ".join(child.name for child in children)
        shown += [f"Attachments: {names}"] if names else []
        blocks.add("Metadata", "\n".join(shown))
        for body in _bodies(message):
            with blocks.lost.part("body"):
                add(body, blocks)
        if not blocks.elements and not children:
            raise DocumentEmpty("The message has neither fields nor body.")
        facts = {"Subject": subject, **fields}
        facts |= {name: _property(message, identity) for name, identity in _THREAD.items()}
        return blocks.extraction(
            children,
            title=subject or None,
            metadata=facts,
        )


def _load(file: Path) -> Any:
    from oxmsg import Message

    ole.open_file(file).close()  # olefile gives one clear error where oxmsg raises many kinds
    try:
        return Message.load(str(file))
    except Exception as error:
        raise DocumentMalformed(f"The message cannot be read: {error}") from None


def _get(thing: Any, name: str) -> Any:
    """A property, or None if the file is too damaged."""
    try:
        return getattr(thing, name)
    except Exception:  # oxmsg decodes lazily and lets every error through
        return None


def _property(message: Any, identity: int) -> str:
    try:
        value = message.properties.str_prop_value(identity)
    except Exception:  # as above
        return ""
    return clean(value or "", lines=False)


def _bytes(message: Any, identity: int) -> bytes | None:
    try:
        value: bytes | None = message.properties.binary_prop_value(identity)
    except Exception:  # as above
        return None
    return value


def _fields(message: Any) -> dict[str, str]:
    name, address = _property(message, _FROM_NAME), _property(message, _FROM_SMTP)
    address = address or _property(message, _FROM_ADDRESS)
    sender = clean(_get(message, "sender") or "", lines=False)
    if not sender:
        sender = f"{name} <{address}>" if name and "@" in address else name or address
    fields = {"From": sender}
    recipients = _get(message, "recipients") or []
    for label, identity in _FIELDS:
        fields[label] = _property(message, identity)
    if not fields["To"]:
        shown = [f"{_get(r, 'name') or ''} <{_get(r, 'email_address') or ''}>" for r in recipients]
        fields["To"] = ", ".join(shown)
    date = _get(message, "sent_date")
    fields["Date"] = date.isoformat() if date else ""
    return {name: value for name, value in fields.items() if value}


def _bodies(message: Any) -> list[Body]:
    """HTML if it is there, else RTF, else plain text."""
    rich = _bytes(message, _HTML) or _get(message, "html_body")
    return richest(rich, _bytes(message, _RTF), _get(message, "body"))


def _attachments(message: Any, lost: LostParts, depth: int = 0) -> list[Child]:
    """Files as they are; messages attached to the message as mails."""
    if depth > _MAX_DEPTH:
        raise LimitExceeded(f"Messages nest more than {_MAX_DEPTH} deep.", limit="nesting")
    children: list[Child] = []
    for number, attachment in enumerate(_get(message, "attachments") or [], start=1):
        names = (_property(attachment, identity) for identity in _FILE_NAMES)
        name = safe_name(next(filter(None, names), f"attachment-{number}"))
        with lost.part(name):
            children += _attached(attachment, name, lost, depth)
    return children


def _attached(attachment: Any, name: str, lost: LostParts, depth: int) -> list[Child]:
    data = _get(attachment, "file_bytes")
    if data:
        return [Child(name, data, shown=bool(_property(attachment, _CONTENT_ID)))]
    mails = (_mail(storage, lost, depth) for storage in attachment._storage.storages)
    return [Child(f"{name}.eml", mail.as_bytes()) for mail in mails if mail is not None]


def _mail(storage: Any, lost: LostParts, depth: int) -> EmailMessage | None:
    """A message inside a message, which MSG keeps as a folder and not as a file, as a mail; None
    for other objects."""
    message = _inner_message(storage)
    fields, bodies = _fields(message), _bodies(message)
    children = _attachments(message, lost, depth + 1)
    subject = clean(_get(message, "subject") or "", lines=False)
    if not (subject or bodies or children):
        return None
    mail = EmailMessage()
    for name, value in (fields | {"Subject": subject}).items():
        mail[name] = value
    for kind, body in bodies:
        if kind == RTF:
            children.append(Child("message.rtf", body.encode("latin-1")))
        else:
            mail.set_content(body, subtype=kind.removeprefix("text/"))
    for child in children:
        mail.add_attachment(
            child.data, maintype="application", subtype="octet-stream", filename=child.name
        )
    return mail


def _inner_message(storage: Any) -> Any:
    from oxmsg import Message

    # Its table of properties has a shorter head (MS-OXMSG 2.4.1.2) than oxmsg expects.
    head = bytes(_ROOT_HEAD - _INNER_HEAD)
    streams = [
        replace(stream, bytes_=head + stream.bytes_) if stream.name == _TABLE else stream
        for stream in storage.streams
    ]
    return Message(replace(storage, streams=tuple(streams)))


def _opened(message: Any, children: list[Child]) -> list[Child]:
    """The mail in the signed envelope, if that is all the message holds. Raises
    `DocumentEncrypted` for a sealed one."""
    if (_get(message, "message_class") or "").upper() != _ENVELOPED:
        return children
    if not children:
        raise DocumentEncrypted("The message is encrypted.")
    return [_signed(child) for child in children]


def _signed(child: Child) -> Child:
    try:
        inner = smime.content(child.data)
    except DocumentMalformed:
        return child
    return Child("message.eml", inner) if inner else child
