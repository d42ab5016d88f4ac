"""Headings of plain text that only language gives away, as unstructured types them.

A short line without a full stop, above a paragraph, is a heading or a short sentence: its words
decide. unstructured (`unstructured.partition.text_type`) counts them, and asks an English tagger
whether there is a verb. Only such lines are asked about, so plain paragraphs cost nothing; the
tagger is loaded with the first of them.

What the tagger says of Korean is chance, so a Korean line is a heading if its last word is no
predicate and unstructured's checks of length and letters pass. Lines in other languages are not
asked about: nothing here knows their verbs.
"""

from __future__ import annotations

import re
from functools import cached_property

from doclake.extract.text import language
from doclake.extract.text.cleaning import clean

METHOD = "text+unstructured"
_LONGEST, _MOST_WORDS = 90, 12  # unstructured's own limit on the words of a title
_MOST_ASKED = 1000  # lines of a document: 3 ms each
_SAMPLE = 4000
_BEGINS = re.compile(r"[^\W_a-z]|[\"'“‘(\[<「『]\w")
_ENDS_A_SENTENCE = re.compile(r"[.,;:!?。、，！？…][\"'”’)\]]*$")
_NO_PROSE = re.compile(r"://|\S@\S|[{}=|\\]|\t| {3}")
_NO_HEADING = re.compile(
    r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|to whom|(?:kind |best |warm )?regards"
    r"|sincerely|yours|thanks|thank you|cheers|copyright)\b"
    r"|.*(?:귀하|귀중|님께|님|올림|드림|배상)$",
    re.IGNORECASE,
)
_HANGUL = re.compile("[가-힣]")
_CLOSED = "".join(chr(code) for code in range(0xAC00, 0xD7A4) if (code - 0xAC00) % 28)
"""Syllables with a final consonant: before -다 they are the stem of a verb (있다, 한다), while 바다
and 캐나다 are nouns."""
# Endings of a Korean sentence, told from nouns such as 개요 and 나라; last, the noun endings in
# which notes are written (-함, -됨, -음), after a particle.
_PREDICATE = re.compile(
    rf"(?:[{_CLOSED}하되이니르크]다|(?:[세어아해에예네군지나까래게데워려셔여]요|죠)|(?:니|[{_CLOSED}])까"
    r"|(?:[하되]|으|십)시오|하자|[하어여으]라)$"
    r"|[은는이가을를에서로]\s(?:.*\s)?\S*(?:함|됨|임|음)$"
)


class Typist:
    """Tells the headings of one document. `text` is all of it, for its language."""

    def __init__(self, text: str) -> None:
        self._sample = text[:_SAMPLE]
        self._left = _MOST_ASKED

    @cached_property
    def _language(self) -> str | None:
        return language.of(self._sample)

    def is_heading(self, line: str, following: list[str]) -> bool:
        """Whether a paragraph of the single line `line`, with no list mark and no other sign of
        being a heading, is one. `following`: the lines of the next paragraph."""
        text = clean(line, lines=False)
        if not (_is_ambiguous(text) and _is_prose(following, text)) or not self._left:
            return False
        spoken = _language(text, self._language)
        if spoken not in ("en", "ko"):
            return False
        self._left -= 1
        return _is_title(text, spoken)


def _is_ambiguous(text: str) -> bool:
    """Neither clearly a sentence nor clearly something else."""
    return (
        1 < len(text) <= _LONGEST
        and len(text.split(" ")) <= _MOST_WORDS
        and _BEGINS.match(text) is not None
        and _ENDS_A_SENTENCE.search(text) is None
        and _NO_PROSE.search(text) is None
        and _NO_HEADING.match(text) is None
    )


def _is_prose(lines: list[str], heading: str) -> bool:
    """A paragraph that a heading can stand above: longer than it, and made of sentences."""
    paragraph = clean(" ".join(lines), lines=False)
    return len(paragraph) > len(heading) and _ENDS_A_SENTENCE.search(paragraph) is not None


def _language(text: str, document: str | None) -> str | None:
    if _HANGUL.search(text):
        return "ko"
    if document == "en" and text.isascii():
        return "en"
    return language.of(text, document if text.isascii() else None)


def _is_title(text: str, spoken: str) -> bool:
    """unstructured's verdict, in the order of its own `element_from_text`."""
    if spoken == "ko" and _PREDICATE.search(text):
        return False
    from doclake.extract.text import unstructured_offline  # noqa: F401 - before unstructured itself

    from unstructured.partition import text_type as types  # isort: skip

    if types.is_bulleted_text(text) or types.is_possible_numbered_list(text):
        return False
    if spoken == "ko":
        return bool(types.is_possible_title(text, languages=["kor"]))
    if types.is_us_city_state_zip(text) or types.is_possible_narrative_text(text):
        return False
    return bool(types.is_possible_title(text))
