"""Headings of plain text that only their words show, as unstructured types them.

A short line without a full stop, above a paragraph, is a heading or a short sentence: its words
decide. unstructured (`unstructured.partition.text_type`) counts them and looks for a verb with an
English tagger. Only such lines go to unstructured, so plain paragraphs cost nothing. The first
line loads the tagger.

For Korean the tagger is no better than chance. There, a line is a heading if its last word is no
predicate and unstructured's checks of length and letters pass. Lines in other languages are never
headings here, because nothing here knows their verbs.
"""

from __future__ import annotations

import re
from functools import cached_property

from doclake import language
from doclake.extract.text.cleaning import clean

METHOD = "text+unstructured"
_LONGEST, _MOST_WORDS = 90, 12  # unstructured's own limit on the words of a title
_MOST_LINES = 1000  # of a document go to unstructured: 3 ms each
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
"""Syllables with a final consonant. Before -다 they are the stem of a verb (있다, 한다); 바다 and
캐나다, without one, are nouns."""
# Endings of a Korean sentence, but not of nouns such as 개요 and 나라. The last ones are the noun
# endings of notes (-함, -됨, -음), which count after a particle.
_PREDICATE = re.compile(
    rf"(?:[{_CLOSED}하되이니르크]다|(?:[세어아해에예네군지나까래게데워려셔여]요|죠)|(?:니|[{_CLOSED}])까"
    r"|(?:[하되]|으|십)시오|하자|[하어여으]라)$"
    r"|[은는이가을를에서로]\s(?:.*\s)?\S*(?:함|됨|임|음)$"
)


class HeadingClassifier:
    """Finds the headings of one document. `text` is the whole document, to detect its language."""

    def __init__(self, text: str) -> None:
        self._sample = text[:_SAMPLE]
        self._left = _MOST_LINES

    @cached_property
    def _language(self) -> str | None:
        return language.of(self._sample)

    def is_heading(self, line: str, following: list[str]) -> bool:
        """Is `line` a heading? It is a paragraph of a single line without a list mark and without
        any other sign of a heading. `following`: the lines of the next paragraph."""
        text = clean(line, lines=False)
        if not (_is_ambiguous(text) and _is_prose(following, text)) or not self._left:
            return False
        code = _language(text, self._language)
        if code not in ("en", "ko"):
            return False
        self._left -= 1
        return _is_title(text, code)


def _is_ambiguous(text: str) -> bool:
    """Is it neither clearly a sentence nor clearly something else?"""
    return (
        1 < len(text) <= _LONGEST
        and len(text.split(" ")) <= _MOST_WORDS
        and _BEGINS.match(text) is not None
        and _ENDS_A_SENTENCE.search(text) is None
        and _NO_PROSE.search(text) is None
        and _NO_HEADING.match(text) is None
    )


def _is_prose(lines: list[str], heading: str) -> bool:
    """Can a heading stand above this paragraph: is it longer, and does it end as a sentence?"""
    paragraph = clean(" ".join(lines), lines=False)
    return len(paragraph) > len(heading) and _ENDS_A_SENTENCE.search(paragraph) is not None


def _language(text: str, document: str | None) -> str | None:
    if _HANGUL.search(text):
        return "ko"
    if document == "en" and text.isascii():
        return "en"
    return language.of(text, document if text.isascii() else None)


def _is_title(text: str, code: str) -> bool:
    """unstructured's verdict, by its tests in the order of its own `element_from_text`."""
    if code == "ko" and _PREDICATE.search(text):
        return False
    from doclake.extract.text import unstructured_offline  # noqa: F401 - before unstructured itself

    from unstructured.partition import text_type as types  # isort: skip

    if types.is_bulleted_text(text) or types.is_possible_numbered_list(text):
        return False
    if code == "ko":
        return bool(types.is_possible_title(text, languages=["kor"]))
    if types.is_us_city_state_zip(text) or types.is_possible_narrative_text(text):
        return False
    return bool(types.is_possible_title(text))
