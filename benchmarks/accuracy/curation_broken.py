"""Chunks that are no text to read."""

# fmt: off
# Wordings, one a line.
from __future__ import annotations

import base64
import random

from benchmarks.accuracy.curation_good import NAMES, THINGS, facts, one, prose

_CHAPTERS = {
    "en": ["Introduction", "Safety", "Installation", "Operation", "Maintenance", "Troubleshooting", "Storage", "Warranty"],
    "ko": ["머리말", "안전 수칙", "설치", "운전", "정비", "고장 진단", "보관", "품질 보증"],
}
_LOOKS = {"l": "1", "o": "0", "e": "c", "i": "|", "s": "5", "a": "@", "n": "rn", "t": "+", "h": "#", "d": "cl"}
_RARE = "뷁쀍꿹뙗쬻룂쏚갅뭙퉳럃쟤픗괢쎴뮎"
_SIGNS = "|~^_¬¦°`\\=<>{}«»"


def _pages(rng: random.Random, number: int) -> list[int]:
    return sorted(rng.sample(range(1, 220), number))


def sentence_loop(rng: random.Random, language: str) -> str:
    return " ".join([rng.choice(facts(language))] * rng.randint(5, 9))


def phrase_loop(rng: random.Random, language: str) -> str:
    words = rng.choice(facts(language)).split()[:4]
    return " ".join(words * rng.randint(12, 25))


def line_loop(rng: random.Random, language: str) -> str:
    lines = [rng.choice(facts(language))[:60] for _ in range(2)]
    return "\n".join(lines * rng.randint(4, 7))


def paragraph_twice(rng: random.Random, language: str) -> str:
    lines = rng.sample(facts(language), 3)
    return "\n".join([*lines, *lines, lines[0]])


def look_alikes(rng: random.Random, language: str) -> str:
    """As a bad scan is read."""
    if language == "ko":
        return _korean_noise(rng, 0.55)
    return "".join(_LOOKS[c] if c in _LOOKS and rng.random() < 0.35 else c for c in prose(rng, language, 2))


def sprinkled_signs(rng: random.Random, language: str) -> str:
    words = prose(rng, language, 2).split()
    return " ".join(w[: len(w) // 2] + rng.choice(_SIGNS) + w[len(w) // 2 :] if rng.random() < 0.6 else w for w in words)


def loose_signs(rng: random.Random, language: str) -> str:
    words = prose(rng, language, 2).split()
    return " ".join(f"{rng.choice(_SIGNS)} {w[:2]}{rng.choice(_SIGNS)}{rng.choice('ilIJt1')}" for w in words)


def jumbled_letters(rng: random.Random, language: str) -> str:
    if language == "ko":
        return _korean_noise(rng, 0.7)
    return " ".join("".join(rng.choice("bcdfgmqrtwxzIlJ|1aeKY") for _ in range(rng.randint(4, 9))) for _ in range(40))


def _korean_noise(rng: random.Random, share: float) -> str:
    words = prose(rng, "ko", 2).split()
    for at, word in enumerate(words):
        if rng.random() < share:
            place = rng.randrange(len(word))
            words[at] = word[:place] + rng.choice([*_RARE, "ㅁ", "ㅐ", "ㄹ", "l|"]) + word[place + 1 :] + rng.choice(["", rng.choice(_RARE)])
    return " ".join(words)


def letters_apart(rng: random.Random, language: str) -> str:
    return " ".join(prose(rng, language, 1).replace(" ", ""))


def no_blanks(rng: random.Random, language: str) -> str:
    text = prose(rng, language, 5).split()
    return " ".join("".join(text[at : at + 8]) for at in range(0, len(text), 8))


def utf8_as_windows(rng: random.Random, language: str) -> str:
    text = prose(rng, language, 3) if language == "ko" else "“" + prose(rng, language, 2).replace(" the ", " ‘the’ – ").replace(" a ", " “a” – ").replace("e ", "é ", 9) + "”"
    return text.encode("utf-8").decode("cp1252", "replace")


def utf8_as_latin1(rng: random.Random, language: str) -> str:
    text = prose(rng, language, 3) if language == "ko" else "Café " + prose(rng, language, 2).replace("e ", "é ").replace("a", "ä")
    return text.encode("utf-8").decode("latin-1")


def signs_of_loss(rng: random.Random, language: str) -> str:
    return "".join("�" if rng.random() < 0.15 else c for c in prose(rng, language, 2))


def loss_of_korean(rng: random.Random, language: str) -> str:
    text = "".join("占쏙옙" if rng.random() < 0.12 else c for c in prose(rng, language, 2))
    return text if language == "ko" else "".join("ï¿½" if rng.random() < 0.12 else c for c in prose(rng, language, 2))


def dotted_contents(rng: random.Random, language: str) -> str:
    return "\n".join(f"{n}. {chapter} {'.' * rng.randint(8, 40)} {page}" for n, (chapter, page) in enumerate(zip(_CHAPTERS[language], _pages(rng, 8), strict=True), 1))


def middle_dotted_contents(rng: random.Random, language: str) -> str:
    sign = rng.choice(["·", "…", "‥", ". "])
    return "\n".join(f"{chapter} {sign * rng.randint(6, 20)} {page}" for chapter, page in zip(_CHAPTERS[language], _pages(rng, 8), strict=True))


def headed_contents(rng: random.Random, language: str) -> str:
    head = {"en": "Table of contents", "ko": "목  차"}[language]
    return "\n".join([head, *(f"{chapter}\t{page}" for chapter, page in zip(_CHAPTERS[language], _pages(rng, 8), strict=True))])


def numbered_contents(rng: random.Random, language: str) -> str:
    head = {"en": "CONTENTS", "ko": "차례"}[language]
    return "\n".join([head, *(f"{n // 3 + 1}.{n % 3 + 1} {chapter} {page}" for n, (chapter, page) in enumerate(zip(_CHAPTERS[language], _pages(rng, 8), strict=True)))])


def list_of_figures(rng: random.Random, language: str) -> str:
    word = {"en": "Figure", "ko": "그림"}[language]
    return "\n".join(f"{word} {n}. {thing} {page}" for n, (thing, page) in enumerate(zip(THINGS[language], _pages(rng, 10), strict=True), 1))


def chapters(rng: random.Random, language: str) -> str:
    said = {"en": "Chapter {} {}  {}", "ko": "제{}장 {}  {}"}[language]
    return "\n".join(said.format(n, chapter, page) for n, (chapter, page) in enumerate(zip(_CHAPTERS[language], _pages(rng, 8), strict=True), 1))


def index_of_things(rng: random.Random, language: str) -> str:
    head = {"en": "Index", "ko": "찾아보기"}[language]
    return "\n".join([head, *(f"{thing}, {rng.randint(2, 40)}, {rng.randint(41, 90)}–{rng.randint(91, 120)}" for thing in sorted(THINGS[language]))])


def index_of_names(rng: random.Random, language: str) -> str:
    things = sorted({*THINGS[language], *NAMES[language]} if language == "ko" else THINGS[language])
    return "\n".join(f"{thing}, {rng.randint(2, 40)}, {rng.randint(41, 90)}" for thing in things)


def bare_numbers(rng: random.Random, _: str) -> str:
    return "\n".join("\t".join(f"{rng.random():.4f}" for _ in range(6)) for _ in range(12))


def bare_integers(rng: random.Random, _: str) -> str:
    return "\n".join(" ".join(str(rng.randint(0, 99999)) for _ in range(8)) for _ in range(10))


def hash_tags(rng: random.Random, language: str) -> str:
    return " ".join(f"#{rng.choice(THINGS[language])}{rng.choice(THINGS[language])}" for _ in range(30))


def cut_teasers(rng: random.Random, language: str) -> str:
    return "\n".join(f"{fact[:45]}..." for fact in rng.sample(facts(language), 8))


def lorem(rng: random.Random, _: str) -> str:
    words = ["sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor", "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua"]
    return "Lorem ipsum dolor " + " ".join(rng.choice(words) for _ in range(50)) + "."


def slide_template(rng: random.Random, language: str) -> str:
    said = {"en": "Click to edit Master title style\nSecond level\nThird level\nFourth level", "ko": "마스터 제목 스타일 편집\n둘째 수준\n셋째 수준\n넷째 수준"}
    return f"{said[language]}\n{rng.randint(1, 40)}"


def packed(rng: random.Random, _: str) -> str:
    return base64.b64encode(rng.randbytes(600)).decode()


def hexadecimal(rng: random.Random, _: str) -> str:
    return " ".join(rng.randbytes(120).hex() for _ in range(4))


def keywords(rng: random.Random, language: str) -> str:
    return ", ".join(f"{one(rng, THINGS, language)} {one(rng, THINGS, language)}" for _ in range(45))


def keyword_words(rng: random.Random, language: str) -> str:
    return " ".join(one(rng, THINGS, language) for _ in range(90))


def ruled_lines(rng: random.Random, _: str) -> str:
    return "\n".join(rng.choice("-=_*") * rng.randint(10, 60) for _ in range(6))


def marks_only(rng: random.Random, _: str) -> str:
    return " ".join(rng.choice(["—", "…", "|", "·", "**", "//", "□", "■"]) for _ in range(20))


PATTERNS = [
    sentence_loop, phrase_loop, line_loop, paragraph_twice, look_alikes, sprinkled_signs, loose_signs, jumbled_letters,
    letters_apart, no_blanks, utf8_as_windows, utf8_as_latin1, signs_of_loss, loss_of_korean, dotted_contents,
    middle_dotted_contents, headed_contents, numbered_contents, list_of_figures, chapters, index_of_things, index_of_names,
    bare_numbers, bare_integers, hash_tags, cut_teasers, lorem, slide_template, packed, hexadecimal, keywords,
    keyword_words, ruled_lines, marks_only,
]
