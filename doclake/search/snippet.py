"""Where the words of a question stand in a passage, and the part that shows most of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from doclake.terms import terms

Span = tuple[int, int]
"""Start and end in characters."""

_WORD = re.compile(r"\w+(?:[.\-/:@#+&]\w+)*")
_SHORT = 3  # letters of an ASCII word that is too common to be shown
_WIDTH = 300
_BOUNDARY = re.compile(r"\s")


def highlights(text: str, question: str) -> list[Span]:
    """The words of the text that share a term with the question, letter case and English plurals
    aside."""
    asked, found = _asked(question), []
    for match in _WORD.finditer(text):
        own = terms(unicodedata.normalize("NFC", match[0]))
        shared = [term for term in own if _plain(term) in asked]
        wide = not match[0].isascii() and len(own) > 1
        if shared and (not wide or 2 * len(shared) >= len(own)):
            found.append(match.span())
    return found


@lru_cache(maxsize=64)
def _asked(question: str) -> frozenset[str]:
    """Terms of a question that are worth showing."""
    found = terms(question)
    telling = {_plain(term) for term in found if len(term) > _SHORT or not term.isascii()}
    return frozenset(telling | {term for term in found if any(map(str.isdigit, term))})


def _plain(term: str) -> str:
    return term[:-1] if term.isascii() and len(term) > _SHORT and term.endswith("s") else term


def window(text: str, spans: Sequence[Span], width: int = _WIDTH) -> tuple[str, list[Span]]:
    """At most some `width` characters of the text, cut between words, in which most spans lie, and
    the spans in it."""
    if len(text) <= width:
        return text, list(spans)
    starts = [max(0, start - width // 6) for start, _ in spans] or [0]
    held = [sum(start <= a and b <= start + width for a, b in spans) for start in starts]
    start = min(starts[held.index(max(held))], len(text) - width)
    end = start + width
    if start:
        blank = _BOUNDARY.search(text, start, min(start + 40, end))
        start = blank.end() if blank else start
    if end < len(text):
        blanks = [match.start() for match in _BOUNDARY.finditer(text, max(start, end - 40), end)]
        end = blanks[-1] if blanks else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    inside = [(a + shift, b + shift) for a, b in spans if start <= a and b <= end]
    return f"{before}{text[start:end]}{after}", inside
