"""TNEF (MS-OXTNEF): Outlook's own wrapping of a message, which arrives as `winmail.dat`.

tnefparse 1.4.0 was rejected: it cuts zero bytes off the end of attachments, and one date or letter
that it cannot read loses the whole message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole
from doclake.extract.containers.member_names import safe_name, unique
from doclake.extract.formats.mail.body import Body, add, richest
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean
from doclake.extract.text.code_pages import codec_of_page
from doclake.extract.text.dates import from_file_time

SIGNATURE = b"\x78\x9f\x3e\x22"
# Attributes of the stream (2.1.3.3).
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x18004, 0x2800C, 0x69003, 0x69007
_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT = 0x69002, 0x18010, 0x6800F, 0x69005
# Properties (MS-OXPROPS).
_P_SUBJECT, _P_BODY, _P_RTF, _P_HTML = 0x0037, 0x1000, 0x1009, 0x1013
_P_FILE, _P_LONG_FILE, _P_NAME, _P_OBJECT = 0x3704, 0x3707, 0x3001, 0x3701
_FIELDS = {0x0C1A: "From", 0x0E04: "To", 0x0E03: "Cc"}
_P_SENT = 0x0039
_THREAD = {0x1035: "Message-ID", 0x1039: "References", 0x1042: "In-Reply-To"}
_NAMED, _MULTIPLE = 0x8000, 0x1000
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_TIME, _STRING, _UNICODE, _OBJECT, _BINARY = 64, 0x1E, 0x1F, 0x0D, 0x102
_INTERFACE = bytes.fromhex("c000000000000046")  # the end of the GUID before every object
_MAX_VALUES = 100_000

Properties = dict[int, "bytes | str"]


@dataclass(slots=True)
class _Attachment:
    title: str = ""
    data: bytes = b""
    properties: Properties = field(default_factory=dict)

    def children(self, number: int) -> list[Child]:
        """The file; a message in a message is a TNEF again, an OLE object is unwrapped."""
        data, name = self.data, self.title
        for identity in (_P_NAME, _P_FILE, _P_LONG_FILE):
            name = _words(self.properties.get(identity)) or name
        inner = self.properties.get(_P_OBJECT)
        if isinstance(inner, bytes) and len(inner) > len(data):
            data = inner
        name = safe_name(name, f"attachment-{number}")
        if data[8:16] == _INTERFACE:
            data = data[16:]
            if not data.startswith(SIGNATURE):
                return ole.unwrap(name, data)
            name = f"{name}.tnef"
        return [Child(name, data)] if data else []


@dataclass(slots=True)
class Message:
    """What the stream holds; `bodies` in the form with most structure."""

    fields: dict[str, str]
    bodies: list[Body]
    children: list[Child]
    thread: dict[str, str]


class Tnef:
    """One message: its fields as one Metadata element, its body, attachments as children."""

    def extract(self, file: Path, options: Options) -> Extraction:
        message = parse(file.read_bytes(), options)
        blocks = Blocks("tnef", options.limits)
        children = unique(message.children)
        names = ", ".join(child.name for child in children)
        shown = message.fields | ({"Attachments": names} if names else {})
        blocks.add("Metadata", "\n".join(f"{name}: {value}" for name, value in shown.items()))
        for body in message.bodies:
            add(body, blocks)
        if not blocks.elements and not children:
            raise DocumentEmpty("The message has neither fields nor body.")
        title = message.fields.get("Subject")
        metadata = message.fields | message.thread
        return Extraction(blocks.elements, children, title=title, metadata=metadata)


def parse(data: bytes, options: Options) -> Message:
    """The message in a TNEF stream. A truncated one gives what is there; raises
    `DocumentMalformed` for what is not TNEF, `LimitExceeded` for too many attachments."""
    if not data.startswith(SIGNATURE):
        raise DocumentMalformed("The stream is not TNEF.")
    codec: str | None = None
    properties: Properties = {}
    attachments: list[_Attachment] = []
    for kind, value in _attributes(data):
        if kind == _CODE_PAGE:
            codec = codec_of_page(int.from_bytes(value[:4], "little"))
        elif kind == _PROPERTIES:
            properties |= _properties(value, codec)
        elif kind == _SUBJECT:
            properties.setdefault(_P_SUBJECT, _decoded(value, codec))
        elif kind == _BODY:
            properties.setdefault(_P_BODY, _decoded(value, codec))
        elif kind == _NEW_ATTACHMENT:
            attachments.append(_Attachment())
            if len(attachments) > options.limits.archive_entries:
                raise LimitExceeded("The message has too many attachments.")
        elif attachments:
            _fill(attachments[-1], kind, value, codec)
    children = [
        child
        for number, attachment in enumerate(attachments, start=1)
        for child in attachment.children(number)
    ]
    fields = {name: _words(properties.get(identity)) for identity, name in _FIELDS.items()}
    fields["Subject"] = _words(properties.get(_P_SUBJECT))
    return Message(
        {name: value for name, value in fields.items() if value},
        richest(properties.get(_P_HTML), properties.get(_P_RTF), properties.get(_P_BODY)),
        children,
        _thread(properties),
    )


def _thread(properties: Properties) -> dict[str, str]:
    """When the message was sent, and what it answers."""
    fields = {name: _words(properties.get(identity)) for identity, name in _THREAD.items()}
    sent = properties.get(_P_SENT)
    if isinstance(sent, bytes):
        fields["Date"] = from_file_time(int.from_bytes(sent, "little")) or ""
    return fields


def _fill(attachment: _Attachment, kind: int, value: bytes, codec: str | None) -> None:
    if kind == _TITLE:
        attachment.title = _decoded(value, codec)
    elif kind == _DATA:
        attachment.data = value
    elif kind == _ATTACHMENT:
        attachment.properties |= _properties(value, codec)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(identity, value) of each attribute: a level, both, their length, a checksum."""
    position = 6
    while position + 9 <= len(data):
        kind, size = struct.unpack_from("<II", data, position + 1)
        position += 9
        yield kind, data[position : position + size]
        position += size + 2


def _properties(data: bytes, codec: str | None) -> Properties:
    """Properties by identity, without named ones; of a damaged list, those before the damage."""
    properties: Properties = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        position = 4
        for _ in range(min(count, _MAX_VALUES)):
            kind, identity = struct.unpack_from("<HH", data, position)
            position += 4
            if identity >= _NAMED:
                position = _after_name(data, position)
            value, position = _value(data, position, kind, codec)
            if value is not None and identity < _NAMED:
                properties[identity] = value
    except (struct.error, KeyError):
        pass
    return properties


def _after_name(data: bytes, position: int) -> int:
    """Where the name of a property ends: a GUID, then a number or a string."""
    kind, size = struct.unpack_from("<II", data, position + 16)
    return position + 24 + (_padded(size) if kind else 0)


def _value(
    data: bytes, position: int, kind: int, codec: str | None
) -> tuple[bytes | str | None, int]:
    """(the first value of a property, where the next property begins)."""
    multiple, kind = kind & _MULTIPLE, kind & ~_MULTIPLE
    varies = kind in (_STRING, _UNICODE, _OBJECT, _BINARY)
    count = 1
    if multiple or varies:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    if not varies:
        moment = data[position : position + 8] if kind == _TIME else None
        return moment, position + _padded(count * _FIXED[kind])
    first: bytes | None = None
    for _ in range(min(count, _MAX_VALUES)):
        (size,) = struct.unpack_from("<I", data, position)
        if first is None:
            first = data[position + 4 : position + 4 + size]
        position += 4 + _padded(size)
    if first is None or kind in (_OBJECT, _BINARY):
        return first, position
    return _decoded(first, "utf-16-le" if kind == _UNICODE else codec), position


def _padded(size: int) -> int:
    return -(-size // 4) * 4


def _decoded(data: bytes, codec: str | None) -> str:
    if codec == "utf-16-le":
        return data.decode(codec, "replace").rstrip("\0")
    return charset.decode(data.rstrip(b"\0"), declared=codec)[0]


def _words(value: bytes | str | None) -> str:
    return clean(value, lines=False) if isinstance(value, str) else ""
