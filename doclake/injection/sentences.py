"""Sentences of folded text: what the rules look at together."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"(?:[.!?。]+[\"')\]*_`]{0,3}(?=\s)|\n\s*\n|\n(?=[-*#>•|\d]))")
_LONGEST, _OVERLAP = 320, 80


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each; those that are too long come in pieces that overlap."""
    start = 0
    for match in _END.finditer(text):
        yield from _pieces(start, match.end())
        start = match.end()
    yield from _pieces(start, len(text))


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        yield start, start + _LONGEST
        start += _LONGEST - _OVERLAP
    if end > start:
        yield start, end
