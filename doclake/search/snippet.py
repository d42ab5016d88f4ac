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
_COMMON = re.compile(
    "about|after|also|another|because|been|before|being|between|both|could|couldn|didn|does|doesn|"
    "doing|done|down|during|each|either|ever|from|have|having|here|into|itself|just|like|many|"
    "might|more|most|much|must|need|once|only|other|over|please|same|shall|should|shouldn|show|"
    "some|such|tell|than|that|their|them|then|there|these|they|this|those|through|under|until|"
    "upon|very|wasn|were|weren|what|when|where|whether|which|while|whom|whose|will|with|within|"
    "without|would|wouldn|your|yours"
)
"""English words that hold a sentence together and tell nothing of what it is about."""
_KOREAN_COMMON = re.compile(
    r"""(?x)
    (무엇|무슨|뭐|어디|언제|누구|누가|얼마나?|어떻게|어떤|어느|왜|몇)
        [은는이가을를의에서로도만부터까지입니까다인요]*
    | 하는|하나요|하고|하여|하지|해야|해요|합니[까다]|한다?|할
    | 됩니[까다]|되는|되나요|된다?|입니[까다]|인가요?
    | 있는|있나요|있습니[까다]|있다|없는|없습니[까다]|없다|않는|않습니다
    | 위한|위해|대한|대해|관한|및|또는|그리고|그|이|저|것[은이을]?|수|등|때
    """
)
"""Their Korean kin: words that ask, serve a verb or join."""
_KOREAN_ENDING = re.compile(
    "(?<=[가-힣])([합입됩습]니[까다]|[하되]나요|인가요?|나요|까요|해야|하는|되는|는가)$"
)
_WIDTH = 300
_BOUNDARY = re.compile(r"\s")


def highlights(text: str, question: str) -> list[Span]:
    """The words of the text that share a term with the question, letter case, English plurals and
    Korean endings aside; not those that every text has."""
    asked, found = _asked(question), []
    for match in _WORD.finditer(text):
        own = _terms(match[0])
        shared = [term for term in own if _plain(term) in asked]
        wide = not match[0].isascii() and len(own) > 1
        if shared and (not wide or 2 * len(shared) >= len(own)):
            found.append(match.span())
    return found


@lru_cache(maxsize=64)
def _asked(question: str) -> frozenset[str]:
    """Terms of a question that are worth showing."""
    found = [term for match in _WORD.finditer(question) for term in _terms(match[0])]
    telling = {_plain(term) for term in found if len(term) > _SHORT or not term.isascii()}
    return frozenset(telling | {term for term in found if any(map(str.isdigit, term))})


def _terms(word: str) -> list[str]:
    """Of a word that tells something."""
    written = unicodedata.normalize("NFC", word)
    if _KOREAN_COMMON.fullmatch(written):
        return []
    return [term for term in terms(_KOREAN_ENDING.sub("", written)) if not _COMMON.fullmatch(term)]


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
