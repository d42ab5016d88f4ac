"""The value of a cell in words, for writers that leave the words to the office program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doclake.extract.formats.opendocument.namespaces import OFFICE, TEXT
from doclake.extract.spreadsheet.numbers import general

if TYPE_CHECKING:
    from lxml import etree

_TYPES = ("value", "date-value", "time-value", "boolean-value", "string-value")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?$")


def has_value(cell: etree._Element) -> bool:
    return any(cell.get(f"{OFFICE}{name}") is not None for name in _TYPES)


def spelled(cell: etree._Element) -> str:
    """The value by its type if the cell has no text; empty if it has a text, be that an empty one:
    a format may show nothing of a value."""
    if cell.find(f"{TEXT}p") is not None:
        return ""
    kind = cell.get(f"{OFFICE}value-type") or ""
    value = next(
        (cell.get(f"{OFFICE}{name}") for name in _TYPES if cell.get(f"{OFFICE}{name}")), ""
    )
    text = (value or "").strip()
    if kind == "boolean":
        return text.upper()
    if kind == "date":
        return _MIDNIGHT.sub("", text).replace("T", " ")
    if kind == "time":
        return _clock(text)
    return _number(text, kind, cell.get(f"{OFFICE}currency") or "") if kind != "string" else text


def _number(text: str, kind: str, currency: str) -> str:
    try:
        if kind == "percentage":
            return f"{general(float(text) * 100)}%"
        return f"{general(float(text))} {currency}".rstrip()
    except (ValueError, OverflowError):
        return text


def _clock(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    sign, days, hours, minutes, seconds = match[1], *(int(match[n] or 0) for n in range(2, 6))
    return f"{sign}{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
