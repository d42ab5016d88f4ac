"""What a cell holds by its look, and whether the first of some rows names their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

Kind = Literal["figure", "date", "words"]
Cells = Mapping[int, str]
"""The filled cells of a row by their columns."""

_FIGURE = re.compile(r"[^\w]*\d[\d\s.,':/]*(?:[eE][-+]?\d+)?\s*원?[^\w]*")
_DATE = re.compile(
    r"(?:19|20)\d\d(?:[-./년]\s?\d{1,2}월?){0,1}(?:[-./]?\s?\d{1,2}일?)?[년.]?"
    r"|\d{1,2}[-./]\d{1,2}[-./](?:\d\d|\d{4})"
)
_NO_VALUE = ("n/a", "na", "#n/a", "nil")
_LONGEST = 40  # characters of a figure or a date


def kind(text: str) -> Kind | None:
    """A year is a date: it names columns more often than it is an amount. None for a cell that only
    says that it has no value."""
    text = text.strip()
    if text.lower() in _NO_VALUE or not any(map(str.isalnum, text)):
        return None
    if len(text) > _LONGEST:
        return "words"
    if _DATE.fullmatch(text):
        return "date"
    return "figure" if _FIGURE.fullmatch(text) else "words"


def of_columns(rows: Iterable[Cells]) -> dict[int, set[Kind]]:
    """The kinds that each column holds."""
    found: dict[int, set[Kind]] = {}
    for row in rows:
        for column, text in row.items():
            if known := kind(text):
                found.setdefault(column, set()).add(known)
    return found


def names_columns(rows: Sequence[Cells]) -> bool:
    """Does the first row name columns: it has no figure, and the others have some below it?"""
    if len(rows) < 2:
        return False
    first, others = of_columns(rows[:1]), of_columns(rows[1:])
    if {"figure"} in first.values():
        return False
    return any(others.get(column) == {"figure"} for column in first)
