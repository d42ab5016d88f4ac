"""Outlook messages (MSG), read with python-oxmsg, the reader unstructured uses too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed
from doclake.extract import charset, ole
from doclake.extract.blocks import Blocks, clean
from doclake.extract.children import safe_name, unique
from doclake.extract.email import add_body
from doclake.extract.model import Child, Extraction, Options

_FROM_NAME, _FROM_ADDRESS, _FROM_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_FIELDS = (("To", 0x0E04), ("Cc", 0x0E03), ("Bcc", 0x0E02))


class OutlookMessage:
    """One message: its fields as one Metadata element, its body, attachments as children."""

    def extract(self, file: Path, options: Options) -> Extraction:
        message = _load(file)
        kind = (_get(message, "message_class") or "").upper()
        if kind == "IPM.NOTE.SMIME":
            raise DocumentEncrypted("The message is encrypted.")
        blocks = Blocks("oxmsg", options.limits)
        subject = clean(_get(message, "subject") or "", lines=False)
        children = unique(_attachments(message))
        fields = _fields(message)
        shown = [f"{name}: {value}" for name, value in fields.items()]
        shown += [f"Subject: {subject}"] if subject else []
        names = ", ".join(child.name for child in children)
        shown += [f"Attachments: {names}"] if names else []
        blocks.add("Metadata", "\n".join(shown))
        for body_kind, body in _bodies(message):
            add_body(body_kind, body, blocks)
        if not blocks.elements and not children:
            raise DocumentEmpty("The message has neither fields nor body.")
        facts = {name.lower(): value for name, value in fields.items()}
        return Extraction(blocks.elements, children, title=subject or None, metadata=facts)


def _load(file: Path) -> Any:
    from oxmsg import Message

    ole.open_file(file).close()  # oxmsg would only say what olefile says, in more ways
    try:
        return Message.load(str(file))
    except Exception as error:
        raise DocumentMalformed(f"The message cannot be read: {error}") from None


def _get(thing: Any, name: str) -> Any:
    """A property, or None where the file is too damaged to tell."""
    try:
        return getattr(thing, name)
    except Exception:  # oxmsg decodes lazily and lets every error of it through
        return None


def _property(message: Any, identity: int) -> str:
    try:
        value = message.properties.str_prop_value(identity)
    except Exception:  # as above
        return ""
    return clean(value or "", lines=False)


def _fields(message: Any) -> dict[str, str]:
    name, address = _property(message, _FROM_NAME), _property(message, _FROM_SMTP)
    address = address or _property(message, _FROM_ADDRESS)
    sender = clean(_get(message, "sender") or "", lines=False)
    if not sender:
        sender = f"{name} <{address}>" if name and "@" in address else name or address
    found = {"From": sender}
    recipients = _get(message, "recipients") or []
    for label, identity in _FIELDS:
        found[label] = _property(message, identity)
    if not found["To"]:
        shown = [f"{_get(r, 'name') or ''} <{_get(r, 'email_address') or ''}>" for r in recipients]
        found["To"] = ", ".join(shown)
    date = _get(message, "sent_date")
    found["Date"] = date.isoformat() if date else ""
    return {name: value for name, value in found.items() if value}


def _bodies(message: Any) -> list[tuple[str, str]]:
    """HTML if it is there, else plain text."""
    rich, plain = _get(message, "html_body"), _get(message, "body")
    if isinstance(rich, bytes):
        rich, _ = charset.decode(rich)
    if rich and rich.strip():
        return [("text/html", rich)]
    return [("text/plain", plain)] if plain and plain.strip() else []


def _attachments(message: Any) -> list[Child]:
    children = []
    for number, attachment in enumerate(_get(message, "attachments") or [], start=1):
        data = _get(attachment, "file_bytes")
        if data:
            name = _get(attachment, "file_name") or f"attachment-{number}"
            children.append(Child(safe_name(name), data))
    return children
