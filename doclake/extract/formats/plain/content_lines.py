"""Calendars and cards: iCalendar (RFC 5545) and vCard (RFC 6350, and 2.1 and 3.0 before it)."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_LINE = re.compile(r'([\w.-]+)((?:;[\w-]+(?:=(?:"[^"]*"|[^;:"]*))*)*):(.*)', re.DOTALL)
_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPE = re.compile(r"\\([nN,;\\:])")
_NAMED = ("SUMMARY", "FN")  # what an event and a person are called
_TOLD = {
    "DTSTART": "Start",
    "DTEND": "End",
    "DUE": "Due",
    "DURATION": "Duration",
    "RRULE": "Repeats",
    "LOCATION": "Location",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee",
    "STATUS": "Status",
    "CATEGORIES": "Categories",
    "DESCRIPTION": "",
    "COMMENT": "",
    "NOTE": "",
    "CONTACT": "Contact",
    "URL": "URL",
    "ORG": "Organization",
    "TITLE": "Title",
    "ROLE": "Role",
    "TEL": "Telephone",
    "EMAIL": "E-mail",
    "ADR": "Address",
    "BDAY": "Birthday",
    "NICKNAME": "Nickname",
}


class Property(NamedTuple):
    """One content line: its name in capitals, its parameters, its text without escapes."""

    name: str
    parameters: dict[str, str]
    text: str


class ContentLines:
    """A heading for each event, task, note or person, and what is told of it."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("content lines", options.limits)
        for properties in components(text):
            _add(properties, blocks)
        if not blocks.elements:
            raise DocumentEmpty("It holds no event, task or person.")
        title = next((e.text for e in blocks.elements if e.type == "Title"), None)
        return Extraction(blocks.elements, title=title, metadata={"encoding": codec})


def components(text: str) -> Iterator[list[Property]]:
    """The properties of each component that has any, in the order of their ends."""
    open_ones: list[list[Property]] = [[]]
    for line in _properties(text):
        if line.name == "BEGIN":
            open_ones.append([])
        elif line.name == "END" and len(open_ones) > 1:
            if properties := open_ones.pop():
                yield properties
        else:
            open_ones[-1].append(line)
    yield from (properties for properties in open_ones if properties)


def _properties(text: str) -> Iterator[Property]:
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT_BREAK.sub("", text)
    for line in _FOLD.sub("", text).splitlines():
        match = _LINE.fullmatch(line)
        if match:
            parameters = dict(_parameter(part) for part in match[2].split(";") if part)
            name = match[1].upper().rpartition(".")[2]  # `item1.TEL` is a grouped TEL
            yield Property(name, parameters, _plain(match[3], parameters))


def _parameter(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.upper(), value.strip('"')


def _plain(value: str, parameters: dict[str, str]) -> str:
    quoted = parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE"
    if quoted or "QUOTED-PRINTABLE" in parameters:
        data = quopri.decodestring(value.encode("utf-8", "replace"))
        value = charset.decode(data, declared=parameters.get("CHARSET"))[0]
    parts = re.split(r"(?<!\\);", value)  # ORG and ADR have parts
    joined = ", ".join(filter(None, map(str.strip, parts))) if len(parts) > 1 else value
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], joined)


def _add(properties: list[Property], blocks: Blocks) -> None:
    title = next((p.text for p in properties if p.name in _NAMED), "")
    lines = []
    for line in properties:
        words = _TOLD.get(line.name)
        if words is None or not line.text.strip():
            continue
        text = _shown(line)
        lines.append(f"{words}: {text}" if words else text)
    if title and lines:
        blocks.add("Title", title, level=1)
    elif title:
        lines.append(title)
    blocks.add("NarrativeText", "\n".join(lines))


def _shown(line: Property) -> str:
    """People by their names, times as people write them."""
    text = re.sub(r"^mailto:", "", line.text, flags=re.IGNORECASE)
    name = line.parameters.get("CN", "")
    if name and name != text:
        return f"{name} <{text}>"
    time = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", text)
    if time is None:
        return text
    clock = f" {time[4]}:{time[5]}{' UTC' if time[7] else ''}" if time[4] else ""
    zone = f" ({line.parameters['TZID']})" if clock and "TZID" in line.parameters else ""
    return f"{time[1]}-{time[2]}-{time[3]}{clock}{zone}"
