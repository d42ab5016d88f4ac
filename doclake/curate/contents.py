"""Pages that only lead to others: tables of contents, lists of figures, indexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_FEW = 4  # entries
_LEADERS = re.compile(r"[.·․‥…‧⋯_]{3,}[.·․‥…‧⋯_ \t]*(\d{1,4}|[ivxl]{1,6})(?![\w.])")
_LAST = re.compile(r"(?:^|[\s.·…])([0-9]{1,4}|[ivxl]{1,6})$")
_HEADING = re.compile(
    r"^[\W\d]*(?:table of contents|contents|list of (?:figures|tables|illustrations|appendices)"
    r"|(?:그림|표|도표|부록)?\s*목\s*차|차\s*례|(?:그림|표)\s*차례)[\W\d]*$",
    re.IGNORECASE,
)
_INDEX_HEADING = re.compile(
    r"^\W*(?:(?:subject|name|author|general)?\s*index|색\s*인|찾아보기)\W*$", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"^\W*(?:\d+\.\d+|(?:chapter|section|part|appendix|annex|figure|table)\s+[\dA-Z]|제\s*\d+\s*[장절편부조]"
    r"|부록|그림\s*\d|표\s*\d|별표|[IVX]+\.)",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"^[^\d,]{2,60},\s*\d{1,4}(?:\s*[-–,]\s*\d{1,4})*$")
_LONGEST_ENTRY = 200  # characters


def share_of_contents(lines: Sequence[str], headings: Sequence[str]) -> float:
    """Of the lines, those that lead to a page, 0 if they are no table of contents. `headings` stand
    above them."""
    text = "\n".join(lines)
    led = [match[1] for match in _LEADERS.finditer(text)]
    if len(led) >= _FEW and _rises(led):
        return min(len(led) / max(len(lines), 1), 1.0)
    entries = [_entry(line) for line in lines]
    pages = [page for page in entries if page]
    if len(pages) < _FEW or not _rises(pages):
        return 0.0
    headed = any(_HEADING.match(heading) for heading in [*headings[-1:], *lines[:2]])
    numbered = sum(bool(_NUMBERED.match(line)) for line in lines)
    return len(pages) / len(lines) if headed or numbered * 2 > len(lines) else 0.0


def share_of_index(lines: Sequence[str], headings: Sequence[str]) -> float:
    """Of the lines, the entries of an index; 0 if they are none."""
    entries = [line for line in lines if len(line) < _LONGEST_ENTRY and _ENTRY.match(line)]
    if len(entries) < _FEW:
        return 0.0
    headed = any(_INDEX_HEADING.match(heading) for heading in [*headings[-1:], *lines[:2]])
    return len(entries) / len(lines) if headed or _in_order(entries) else 0.0


def _entry(line: str) -> str | None:
    """The page that a line leads to."""
    if len(line) > _LONGEST_ENTRY:
        return None
    match = _LAST.search(line)
    if match is None or not any(map(str.isalpha, line[: match.start()])):
        return None
    return match[1]


def _rises(pages: Sequence[str]) -> bool:
    """Pages of a contents rise; amounts in a table do not."""
    numbers = [int(page) for page in pages if page.isdigit()]
    steps = list(pairwise(numbers))
    falls = sum(later < earlier for earlier, later in steps)
    return bool(steps) and falls * 10 <= len(steps) and numbers[-1] > numbers[0]


def _in_order(entries: Sequence[str]) -> bool:
    firsts = [entry.casefold()[:2] for entry in entries]
    return len(entries) >= 2 * _FEW and firsts == sorted(firsts)
