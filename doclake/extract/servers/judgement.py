"""Holds the answer of a model against the words that the page itself gave.

Tesseract errs, so words are compared by their pairs of letters, and Korean ones by the pairs of
their jamo. Short words prove nothing: every page has them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

WHOLE = 0.5
"""Least share of the answer's words that the page must know."""

_PARAGRAPH = 0.3  # least share of those of a paragraph
_SPEAKS = 5  # words from which on a paragraph is judged by itself
_KEPT = 0.75  # least share of the page's certain words that the answer must hold
_ALIKE = 0.6  # Dice's coefficient of the pairs of letters of two words
_JOINED = 5  # letters of a word that is found inside a run of words without blanks
_OFTEN = 4  # times that a model says one paragraph which has run into a loop
_EXCUSE = re.compile(
    r"\b(I'?m sorry|I am sorry|I apologi[sz]e|I can(no|')t|I am unable|I'?m unable|as an AI"
    r"|no (text|image) (is )?(visible|provided))\b"
    r"|죄송(합니다|하지만)|이미지를 (볼|읽을|확인할) 수 없|도와드릴 수 없|읽을 수 없습니다",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_COMMAND = re.compile(r"\\[A-Za-z]+|\$\$?")  # of LaTeX
_SYLLABLE = re.compile("[가-힣]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def weighty(text: str) -> list[str]:
    """The words of a text that can prove something: four letters, two syllables of Hangul, two
    digits. Chinese and Japanese, which have no blanks, give each pair of signs."""
    words: list[str] = []
    for token in _TOKEN.findall(unicodedata.normalize("NFKC", _COMMAND.sub(" ", text)).casefold()):
        if _IDEOGRAPH.match(token):
            words += [first + second for first, second in pairwise(token)]
        elif len(token) >= (2 if _SYLLABLE.search(token) or token.isdecimal() else 4):
            words.append(token)
    return words


class Words:
    """The words of a text, to find others among them."""

    def __init__(self, texts: Iterable[str]) -> None:
        listed = [word for text in texts for word in weighty(text)]
        self.count = len(listed)
        self._words = set(listed)
        self._joined = "".join(listed)
        self._sizes: list[int] = []
        self._with: dict[str, list[int]] = defaultdict(list)  # the words that have a pair
        for number, word in enumerate(self._words):
            pairs = _pairs(word)
            self._sizes.append(len(pairs))
            for pair in pairs:
                self._with[pair].append(number)

    def share(self, words: Sequence[str]) -> float:
        """How many of these are among them, 0 to 1; 1 for none."""
        known = {word: self.knows(word) for word in set(words)}
        return sum(known[word] for word in words) / len(words) if words else 1.0

    def knows(self, word: str) -> bool:
        if word in self._words:
            return True
        if len(word) >= (_JOINED if word.isascii() else 3) and word in self._joined:
            return True
        if word.isdecimal():  # another digit is another number
            return False
        pairs = _pairs(word)
        shared = Counter(number for pair in pairs for number in self._with.get(pair, ()))
        return any(
            2 * common >= _ALIKE * (len(pairs) + self._sizes[number])
            for number, common in shared.items()
        )


def _pairs(word: str) -> set[str]:
    return {first + second for first, second in pairwise(f"^{unicodedata.normalize('NFD', word)}$")}


def refusal(answer: Sequence[str], page: Words, certain: Sequence[str]) -> str | None:
    """Why an answer, by its paragraphs, must not replace what was read; None if it may.

    `page` are the words that the page gave, `certain` the texts on it that were read well.
    """
    words = [weighty(paragraph) for paragraph in answer]
    every = [word for paragraph in words for word in paragraph]
    share = page.share(every)
    if not every:
        return "the answer is empty"
    if share < 0.9 and any(map(_EXCUSE.search, answer)):
        return "the answer is an excuse"
    repeated = Counter(tuple(paragraph) for paragraph in words if len(paragraph) >= _SPEAKS)
    if max(repeated.values(), default=0) >= _OFTEN:
        return "the answer repeats itself"
    if share < WHOLE:
        return f"the page knows {share:.0%} of its words"
    made_up = [
        page.share(paragraph)
        for paragraph in words
        if len(paragraph) >= _SPEAKS and page.share(paragraph) < _PARAGRAPH
    ]
    if made_up:
        return f"a paragraph is made up: the page knows {min(made_up):.0%} of its words"
    expected = [word for text in certain for word in weighty(text)]
    kept = Words(answer).share(expected)
    if kept < _KEPT:
        return f"it holds {kept:.0%} of the words that were read well"
    return None
