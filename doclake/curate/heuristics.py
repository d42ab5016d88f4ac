"""Chunks that are no text to read, by rules on their words and lines.

Sources:

* Gopher: Rae et al. 2021, Scaling Language Models, arXiv:2112.11446, section A.1.1, table A1.
* C4: Raffel et al. 2020, Exploring the Limits of Transfer Learning, JMLR 21(140), section 2.2.
* FineWeb: Penedo et al. 2024, arXiv:2406.17557. FineWeb-2: Penedo et al. 2025, arXiv:2506.20920,
  with the thresholds for Korean of its `configs/kor_Hang.yml`, as datatrove applies them.

They judge whole web pages. A chunk is a piece of a document that somebody chose, and a list, a
table, an address or code is good. So these are left out: fewer than 50 words; bullets before most
lines; lines without a full stop; short lines; many line breaks; curly brackets; the most frequent
pair of words. Rules on words read prose: lines of a table, of a record (`key: value`) and of code
are none. What is left keeps the thresholds of its source, but for repeated runs of words, of which
a chunk of a patent or a regulation holds more than a page does. FineWeb-2 counts Korean by
morphemes. Cutting those takes longer than all else here, so a run is of three words between
blanks, and a word has 1.5 to 10 letters, not 1 to 6.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pyarrow as pa

from doclake.curate import base, contents, garbage
from doclake.curate.base import Signal, Step
from doclake.settings.curation import HeuristicsSettings

_FEW_WORDS, _FEW_LINES = 20, 4  # of fewer, no share says much
_LONG_PARAGRAPH = 40  # words: an address, a row or a heading has fewer, and no stop words
_STOP_WORDS = frozenset(
    [
        "the",
        "be",
        "to",
        "of",
        "and",
        "that",
        "have",
        "with",
        "a",
        "in",
        "is",
        "for",
        "it",
        "as",
        "on",
        "are",
        "or",
        "this",
        "by",
        "from",
        "an",
        "was",
        "at",
        "not",
    ]
)
_KOREAN_ENDINGS = (
    "의", "다", "이", "는", "에", "을", "한", "하", "은", "를", "고", "가", "로", "인", "서", "도",
    "와", "과", "며", "지", "면",
)  # fmt: skip
_UNBROKEN = re.compile(r"[!-~]{100,}")
_SIGNS = re.compile(r"#|…|(?<!\.)\.{3}(?!\.)")  # more dots lead the eye to a page or a price
_CUT = re.compile(r"(?:…|(?<!\.)\.{3})$")
_RECORD = re.compile(r"[A-Za-z_@][\w.@-]*: ")
_HANGUL = re.compile("[가-힣]")
_EDGES = ".,;:!?()[]\"'“”‘’「」『』-"
_SOUND = 5.0  # letters a word
_REPEATED_RECORDS = 0.7  # of the lines of a table or of records, which say much alike
_LETTERS = 60  # of fewer, no mean says much
_MOJIBAKE = 0.05  # of the words
_FEW_GARBAGE = 8  # words
_STOP_WORDS_WANTED, _ENDINGS_WANTED = 2, 0.35
_LOREM = re.compile(
    r"lorem ipsum dolor|click to edit master|마스터 (?:제목|텍스트) 스타일"
    r"|여기에 (?:내용|텍스트|제목)을 입력",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[{};]\s*$|\)\s*[:{]\s*$|^\s*(?://|/\*)|</?\w+[^>]*>\s*$"
    r"|^\s*(?:def |class |import |from \w+ import|return\b|#include|public |private |const |let )"
    r"|^\s*(?:var |function |if ?\(|for ?\(|while ?\(|\$ |>>> |@\w+|SELECT |INSERT |CREATE )"
    r"|^\s*[\w.\[\]\"']+\s*=\s*\S|^\s*\"?[\w-]+\"?:\s*[\[{\"]"
)


class _Thresholds(NamedTuple):
    """By language: share of repeated lines, words in a run, and mean letters of a word."""

    lines: float
    run: int
    shortest: float
    longest: float


_ENGLISH = _Thresholds(lines=0.30, run=5, shortest=3, longest=10)
_KOREAN = _Thresholds(lines=0.374, run=3, shortest=1.5, longest=10)
_REPEATED_LETTERS = 0.30  # of all letters, in repeated lines: a refrain has fewer


class _Page(NamedTuple):
    """A chunk, read once for all rules."""

    text: str
    lines: list[str]
    prose: list[str]
    words: list[str]
    language: str
    code: bool

    @property
    def korean(self) -> bool:
        return self.language == "ko"


class Heuristics(Step):
    """Flags: `repeated_lines`, `repeated_words`, `word_lengths`, `symbols`, `no_stop_words`,
    `cut_lines` (Gopher, FineWeb-2); `placeholder`, `long_words` (C4); `numbers`, `garbage`,
    `mojibake`, `contents`, `index`, `no_words` (ours). The score is that of the worst rule."""

    name = "heuristics"
    version = 1
    needs = ("text", "section", "language")
    settings = HeuristicsSettings

    def __init__(self, settings: HeuristicsSettings) -> None:
        self._settings = settings

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.table(
            self._signal(_read(text, language), section or [])
            for text, section, language in base.rows(chunks, self.needs)
        )

    def _signal(self, page: _Page, section: list[str]) -> Signal:
        scores = self._scores(page, section)
        flags = tuple(sorted(flag for flag, score in scores.items() if score > 0))
        return Signal(max(scores.values(), default=0.0), flags)

    def _scores(self, page: _Page, section: list[str]) -> dict[str, float]:
        """By flag."""
        limits = self._settings
        if not any(map(str.isalnum, page.text)):
            return {"no_words": 1.0}
        led = contents.share_of_contents(page.lines, section)
        listed = contents.share_of_index(page.lines, section)
        words = page.text.split()
        scores = {
            "contents": base.over(led, limits.contents),
            "index": base.over(listed, limits.contents),
            "placeholder": float(bool(_LOREM.search(page.text))),
            "mojibake": base.over(garbage.share_mojibake(page.text, len(words)), _MOJIBAKE),
            "numbers": base.over(_share_of_numbers(page.lines, words), limits.numbers),
        }
        if not page.code:
            scores["long_words"] = base.over(_share_unbroken(page.text), 0.5)
            if len(page.words) >= _FEW_GARBAGE:
                scores["garbage"] = base.over(garbage.share_strange(page.words), limits.garbage)
            if not led and not listed:
                scores |= self._of_prose(page)
        return scores

    def _of_prose(self, page: _Page) -> dict[str, float]:
        limits, here = self._settings, _KOREAN if page.korean else _ENGLISH
        scores = {}
        is_prose = len(page.prose) >= _FEW_LINES
        if len(page.lines) >= _FEW_LINES and len(page.text) > _LETTERS:
            lines, letters = _repeated(page.prose if is_prose else page.lines)
            limit = (limits.repeated_lines or here.lines) if is_prose else _REPEATED_RECORDS
            if letters >= _REPEATED_LETTERS:
                scores["repeated_lines"] = base.over(lines, limit)
        if is_prose:
            cut = sum(bool(_CUT.search(line)) for line in page.prose) / len(page.prose)
            scores["cut_lines"] = base.over(cut, limits.cut_lines)
        if len(page.words) >= _FEW_WORDS:
            repeated = _share_of_repeated_runs(page.words, here.run)
            scores["repeated_words"] = base.over(repeated, limits.repeated_words)
            signs = len(_SIGNS.findall(page.text)) / len(page.words)
            scores["symbols"] = base.over(min(signs, 1.0), limits.symbols)
        if page.language in ("en", "ko"):
            mean = _mean_length(page.words)
            scores["word_lengths"] = float(not here.shortest <= mean <= here.longest)
            scores["no_stop_words"] = 0.5 * _lacks_stop_words(page)
        return scores


def _read(text: str, language: str | None) -> _Page:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    prose = [line for line in lines if "\t" not in line and not (line[0] == line[-1] == "|")]
    if sum(bool(_RECORD.match(line)) for line in prose) * 2 > len(prose):
        prose = []
    code = sum(bool(_CODE.search(line[:200])) for line in lines) * 3 > len(lines) > 2
    spoken = language or ("ko" if _HANGUL.search(text) else "")
    return _Page(text, lines, prose, " ".join(prose).split(), spoken, code)


def _repeated(lines: list[str]) -> tuple[float, float]:
    """Shares of lines, and of letters, that stand in a line that stood before."""
    seen: set[str] = set()
    repeated = []
    for line in lines:
        if line in seen:
            repeated.append(line)
        seen.add(line)
    return len(repeated) / len(lines), sum(map(len, repeated)) / max(sum(map(len, lines)), 1)


def _share_of_repeated_runs(words: list[str], run: int) -> float:
    """Of the letters, those in runs of so many words that stood before, each counted once."""
    seen: set[tuple[str, ...]] = set()
    repeated = at = 0
    while at <= len(words) - run:
        here = tuple(words[at : at + run])
        if here in seen:
            repeated += sum(map(len, here))
            at += run
        else:
            seen.add(here)
            at += 1
    return repeated / max(sum(map(len, words)), 1)


def _share_of_numbers(lines: list[str], words: list[str]) -> float:
    """Of the words, those without a letter; 0 where a line names what they count."""
    if len(words) < _FEW_WORDS:
        return 0.0
    if any(_names_columns(line.split()) for line in lines[:3]):
        return 0.0
    return 1 - sum(any(map(str.isalpha, word)) for word in words) / len(words)


def _names_columns(words: list[str]) -> bool:
    named = sum(any(map(str.isalpha, word)) for word in words)
    return named * 2 >= len(words) > 0


def _share_unbroken(text: str) -> float:
    """Of the letters, those in words that nobody wrote; links are none of them."""
    runs = [run for run in _UNBROKEN.findall(text) if "://" not in run]
    return sum(map(len, runs)) / len(text)


def _mean_length(words: list[str]) -> float:
    """Letters of a word, without codes, links and numbers; a sound figure where those prevail."""
    plain = [word for word in words if _is_plain(word)]
    much = len(plain) >= _FEW_WORDS or sum(map(len, plain)) > _LETTERS
    many = len(plain) * 2 > len(words) and much
    return sum(map(len, plain)) / len(plain) if many else _SOUND


def _is_plain(word: str) -> bool:
    core = word.strip(_EDGES)
    if core.isalpha():
        return True
    return sum(map(str.isalpha, core)) * 5 > len(core) * 4 and "://" not in core


def _lacks_stop_words(page: _Page) -> bool:
    """Gopher asks for two in a page; here, in a paragraph. Korean has endings instead: half of the
    words of any prose, but nouns may end alike."""
    longest = max(page.prose, key=len, default="")
    words = [word for word in map(_stripped, longest.split()) if word.isalpha()]
    if len(words) < _LONG_PARAGRAPH:
        return False
    if page.korean:
        said = sum(word.endswith(_KOREAN_ENDINGS) for word in words)
        return said < _ENDINGS_WANTED * len(words)
    return sum(word.lower() in _STOP_WORDS for word in words) < _STOP_WORDS_WANTED


def _stripped(word: str) -> str:
    return word.strip(_EDGES)
