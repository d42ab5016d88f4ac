"""Toxicity and what is not safe for work: swearing, insults, threats, hate, pornography.

Lists of words and phrases of the project's own, English and Korean (`words/toxic_*.txt`), read in
text that is made plain first: look-alike letters, digits for letters (`sh1t`, `시1발`), letters set
apart (`f u c k`, `씨 발`), masked ones (`f**k`), stretched ones (`fuuuck`), loose jamo
(`ㅅㅣㅂㅏㄹ`), Hangul typed on a Latin keyboard (`tlqkf`). Weights of a chunk add up as independent
evidence, `1 - product(1 - weight)`.

A classifier stands beside the lists, for what is said in other words: the same linear model of runs
of characters that people train for themselves (`classifier/`), learned from the project's own
sentences by `benchmarks/toxicity_model.py`. It counts only where it is very sure, since nearly all
that an office keeps is harmless.

alt-profanity-check (a linear model over words; V. Zhou, Building a Better Profanity Detection
Library, 2019) and korcen were measured on the same sentences: docs/curation.md.

What it cannot do: irony, euphemism, allusion, hatred in polite words, new slang, code words; other
languages; pictures. It does not know who speaks: a novel, a judgement or a study that quotes an
insult is flagged as the insult is. Medical, legal and educational texts are not flagged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import pyarrow as pa

from doclake.curate import base, word_list
from doclake.curate.base import FINE, Signal, Step
from doclake.curate.classifier import model
from doclake.settings.curation import ToxicitySettings


def _masked(word: str) -> str:
    """A word of which other letters than the first may be signs."""
    first, second, third, rest = word[0], word[1], word[2], word[3:]
    signs = "[*#@$%!_.]"
    ending = f"(?:{rest}|{signs}+{rest[-1]}?)(s|ed|er|ing|in)?"
    return f"{first}(?:{second}|{signs})(?:{third}|{signs}){ending}"


_LEARNED = "e1336dc06ed57e2d.safetensors"
_SURE = 0.9  # at .8 no clean text was flagged, of those that `toxicity_model.py` tried
_SHORTEST = 8  # characters: an exclamation says nothing of whom it is meant for
_BATCH = 2_000  # texts whose features are held at once
_MOST = 5  # times that one rule counts
_LEET = str.maketrans("0134578@$!|€", "oieastbasile")
_LEET_WORD = re.compile(
    r"(?<![\w@.])(?=[\w@$!|€]*[a-z])(?=[\w@$!|€]*[0134578@$!|€])[a-z0134578@$!|€]{3,12}(?![\w@.])"
)
_APART = re.compile(r"(?<![a-z])[a-z](?:[ ._*\-][a-z]){2,12}(?![a-z])")
_MASKED = re.compile(r"(?<![\w*])[a-z]{1,3}[*#@$%!_.]{1,4}[a-z]{1,5}(?![\w*])")
_MASKED_WORDS = ("fuck", "shit", "cunt", "bitch", "dick", "cock", "pussy")
_MASKS = tuple((re.compile(_masked(word)), word) for word in _MASKED_WORDS)
_FIRST_LETTERS = {word[0]: word for word in ("fuck", "shit", "cunt", "bitch")}
_ALL_MASKED = re.compile(r"(?<![\w*])([fscb])\*{3,6}(?![\w*])")
_MILD = re.compile(r"(?:shit|bitch|ass|slut|whore|bastard|dick|pussy|cock|tits|crap)(?:e?s|y)?")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_HANGUL = re.compile("[\u3131-\u318e\uac00-\ud7a3\u1100-\u11ff]")
_INSIDE = re.compile(r"(?<=[가-힣ㄱ-ㅣ])[0-9a-z._\-*~!@#^&/|,'\"]{1,2}(?=[가-힣ㄱ-ㅣ])")
_ONE_BY_ONE = re.compile(r"(?<![가-힣])[가-힣](?: {1,2}[가-힣]){1,7}(?![가-힣])")
_JAMO = re.compile("[ㄱ-ㅎ][ㅏ-ㅣ](?:[ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_TYPED = {
    "tlqkf": "시발", "Tlqkf": "씨발", "qudtls": "병신", "Qudtls": "병신", "rotoRl": "개새끼",
    "rotorl": "개새끼", "whssk": "존나", "wlfkf": "지랄",
}  # fmt: skip
_TYPED_WORD = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_TYPED)})(?![A-Za-z])")
_MIXED = re.compile(
    "(?<![\\d가-힣])[시씨](?:8(?!\\d|시|분)|bal|val|ㅂㅏㄹ|ㅂ(?![가-힣]))|(?<![a-z])(?:si|ci|shi|ssi)\\s?(?:발|팔)"
    "|(?<![a-z])(?:ssi|shi|si)bal(?![a-z])|(?<!\\d)18(?:놈|새끼)|(?<![가-힣])[ㅆㅅ](?:발|팔)|(?<![가-힣])ㅂ신|병ㅅ|지ㄹ"
    "|ㅈ같|[ㄱ개]ㅐ?새ㄲㅣ|ㅐ새끼|(?<![가-힣])ㅈ까"
)
_WIDE = re.compile("[^\x00-\x7f\u3131-\u318e\uac00-\ud7a3]+")  # loose jamo stay as they are
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
_LOOKS_LATIN = str.maketrans("асеорхуіѕԁɡκουτρѵ", "aceopxyisdgkoutpv")


class _Rule(NamedTuple):
    flag: str
    weight: float
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, group: word_list.Group, form: str = "{}") -> _Rule:
        return cls(group.name, group.weight, group.pattern(form))


class Toxicity(Step):
    """Flags: `profanity`, `insult`, `threat`, `hate`, `sexual`; `learned`, where the classifier is
    sure."""

    name = "toxicity"
    version = 2
    needs = ("text",)
    settings = ToxicitySettings

    def __init__(self, settings: ToxicitySettings) -> None:
        self._settings = settings
        *english, clean = word_list.read("toxic_english")
        self._english = [_Rule.of(group, r"(?<![a-z'])(?:{})(?![a-z])") for group in english]
        self._korean = [_Rule.of(group) for group in word_list.read("toxic_korean")]
        self._clean = clean.pattern(r"\b{}\b")

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.by_text(chunks, self._signals, _BATCH)

    def _signals(self, texts: list[str]) -> Iterator[Signal]:
        classifier = model.load(str(files("doclake.curate") / "words" / _LEARNED))
        shares = classifier.shares(texts).sum(axis=1).tolist()
        return map(self._signal, texts, shares)

    def _signal(self, text: str, share: float) -> Signal:
        text = _INVISIBLE.sub("", _WIDE.sub(lambda match: _narrow(match[0]), text))
        doubt: dict[str, float] = {}
        _add(self._english, self._clean.sub(" ", plain(text)), doubt)
        if _HANGUL.search(text) or _TYPED_WORD.search(text):
            _add(self._korean, plain_korean(text), doubt)
        if share >= _SURE and len(text) >= _SHORTEST:
            doubt["learned"] = 1 - share
        remaining = 1.0
        for flag in doubt:
            remaining *= doubt[flag]
        score = 1 - remaining
        if score < self._settings.threshold:
            return FINE
        least = (
            1 - (1 - min(doubt.values())) / 2
        )  # a flag that says half of what the first one does
        return Signal(score, tuple(sorted(flag for flag, left in doubt.items() if left <= least)))


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _add(rules: list[_Rule], text: str, doubt: dict[str, float]) -> None:
    """Multiply, by flag, the doubt that each match leaves."""
    for rule in rules:
        times = sum(1 for _, _ in zip(range(_MOST), rule.pattern.finditer(text), strict=False))
        if times:
            doubt[rule.flag] = doubt.get(rule.flag, 1.0) * (1 - rule.weight) ** times


def plain(text: str) -> str:
    """English in small letters, without the disguises of words."""
    text = text.lower().replace("’", "'")
    if not text.isascii():
        text = text.translate(_LOOKS_LATIN)
    text = _APART.sub(lambda match: _told(re.sub(r"[ ._*\-]", "", match[0])), text)
    text = _MASKED.sub(lambda match: _told(_unmasked(match[0])), text)
    text = _ALL_MASKED.sub(lambda match: _FIRST_LETTERS[match[1]], text)
    text = _LEET_WORD.sub(lambda match: match[0].translate(_LEET), text)
    return re.sub(r"[\s,;:\"()\[\]_]+", " ", _STRETCHED.sub(r"\1", text))


def _told(word: str) -> str:
    """A word that stood in disguise, with a mark if it is a mild one: who hides it means it."""
    return f"{word} <swear>" if _MILD.fullmatch(word) else word


def _unmasked(word: str) -> str:
    for pattern, whole in _MASKS:
        match = pattern.fullmatch(word)
        if match:
            return whole + (match[1] or "")
    return word


def plain_korean(text: str) -> str:
    """Korean with whole syllables, without signs, digits and blanks inside words."""
    text = _TYPED_WORD.sub(lambda match: _TYPED[match[0]], text)
    text = _JAMO.sub(lambda match: _syllable(match[0]), text.lower())
    text = _MIXED.sub(" 시발 ", text)
    text = _ONE_BY_ONE.sub(lambda match: match[0].replace(" ", ""), text)
    return _INSIDE.sub("", text)


def _syllable(jamo: str) -> str:
    lead, vowel, tail = jamo[0], jamo[1], jamo[2:] or " "
    if lead not in _LEADS or vowel not in _VOWELS or tail not in _TAILS:
        return jamo
    code = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28 + _TAILS.index(tail)
    return chr(0xAC00 + code)
