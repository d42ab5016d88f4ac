"""JSON and JSON Lines: an element for each record, with a line `path: value` for each value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.plain.csv import add_tables
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset, machine_text
from doclake.tables.elements import MACHINE_TEXT

MAX_DEPTH = 200
_VALUE = re.compile(r"[^\s,;\x00\x1e]")  # marks that some writers put between values
_TITLE_KEYS = ("title", "name", "subject", "제목", "이름")
_LONG = 200
_MAX_COLUMNS = 50


class _Number(str):
    """A number as it is written: 1.10 stays 1.10, and a long one keeps all its digits."""


class _AsWritten(json.JSONDecoder):
    """Reads numbers as their text."""

    def __init__(self) -> None:
        super().__init__(parse_float=_Number, parse_int=_Number, parse_constant=_Number)


class Json:
    """A list of flat objects is a table; otherwise each item at the top is a record."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        try:
            value = json.loads(text, cls=_AsWritten)
        except RecursionError:
            raise LimitExceeded("The values nest too deep.") from None
        except ValueError as error:
            raise DocumentMalformed(f"No valid JSON: {error}") from None
        blocks = Blocks("json", options.limits)
        if isinstance(value, list) and _is_table(value):
            add_tables(_rows(value), blocks)
        else:
            add_records(value if isinstance(value, list) else [value], blocks)
        if not blocks.elements:
            raise DocumentEmpty("The document holds no value.")
        return Extraction(blocks.elements, title=_title(value), metadata={"encoding": codec})


class JsonLines:
    """Values one after another, with or without line ends between them. What is broken is left out
    to the end of its line and counted; if all is, the document is malformed."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        records, broken = values(text)
        if broken and not records:
            raise DocumentMalformed(f"None of {broken} lines is valid JSON.", lines=broken)
        blocks = Blocks("json", options.limits)
        if len(records) > 1 and _is_table(records):
            add_tables(_rows(records), blocks)
        else:
            add_records(records, blocks)
        if not blocks.elements:
            raise DocumentEmpty("The lines hold no value.")
        metadata = {"encoding": codec} | ({"broken_lines": str(broken)} if broken else {})
        return Extraction(blocks.elements, metadata=metadata)


def values(text: str) -> tuple[list[Any], int]:
    """The JSON values of a text, one after another, and how many lines hold what is none."""
    found, broken, at = [], 0, 0
    decode = _AsWritten().raw_decode
    while match := _VALUE.search(text, at):
        at = match.start()
        try:
            value, at = decode(text, at)
            found.append(value)
        except (ValueError, RecursionError):
            broken += 1
            line_end = text.find("\n", at)
            at = len(text) if line_end < 0 else line_end
    return found, broken


def add_records(records: list[Any], blocks: Blocks) -> None:
    """Add one NarrativeText per record: `path: value` lines, the path dotted."""
    for record in records:
        lines, machine = [], []
        for path, value in leaves(record):
            words, apart = machine_text.split(value)
            if apart:
                machine.append(apart)
            if words.strip() or not apart:
                lines.append(f"{path}: {words}" if path else words)
        blocks.add("NarrativeText", "\n".join(lines))
        blocks.add("Other", "\n".join(machine), hidden=MACHINE_TEXT)


def leaves(value: Any) -> Iterator[tuple[str, str]]:
    """(path, text) of every scalar, in order. Raises `LimitExceeded` beyond `MAX_DEPTH`."""
    stack: list[tuple[str, Any, int]] = [("", value, 0)]
    while stack:
        path, node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"The values nest more than {MAX_DEPTH} deep.", limit="depth")
        if isinstance(node, dict):
            items = [
                (f"{path}.{key}" if path else str(key), v, depth + 1) for key, v in node.items()
            ]
            stack.extend(reversed(items))
        elif isinstance(node, list):
            if any(isinstance(item, str) and item.endswith("\n") for item in node):
                yield path, "".join(_scalar(item) for item in node)
            elif node and all(_is_short(item) for item in node):
                yield path, ", ".join(_scalar(item) for item in node)
            else:
                stack.extend(reversed([(path, item, depth + 1) for item in node]))
        elif node is not None and node != "":
            yield path, _scalar(node)


def _is_short(value: Any) -> bool:
    return not isinstance(value, dict | list) and len(str(value)[:_LONG]) < _LONG


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _is_table(records: list[Any]) -> bool:
    """Flat objects of short values under the same few keys."""
    if len(records) < 2 or not all(isinstance(record, dict) for record in records):
        return False
    keys = {key for record in records for key in record}
    if len(keys) > _MAX_COLUMNS or len(keys) > 2 * min(len(record) for record in records):
        return False
    return all(_is_short(value) for record in records for value in record.values())


def _rows(records: list[dict[str, Any]]) -> list[list[str]]:
    keys = list(dict.fromkeys(key for record in records for key in record))
    return [keys, *([_scalar(record.get(key)) for key in keys] for record in records)]


def _title(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    titles = (value[key] for key in _TITLE_KEYS if type(value.get(key)) is str)
    return next(titles, None) or None
