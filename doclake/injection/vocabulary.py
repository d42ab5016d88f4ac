"""The concepts that rules are made of, by language, and words that are known in disguise."""

from __future__ import annotations

import re

from doclake.injection import english, korean
from doclake.injection.expressions import joined
from doclake.injection.gates import Gated


def _in_english(lines: str) -> re.Pattern[str]:
    filled = lines.replace("{model}", english.MODEL).replace("{reader}", english.READER)
    opening = joined(english.OPENING) if lines is english.CONCEPTS["order"] else "(?<![a-z])"
    return re.compile(rf"{opening}(?:{joined(filled)})(?![a-z])")


def _in_korean(lines: str) -> re.Pattern[str]:
    return re.compile(joined(lines.replace("{model}", korean.MODEL)))


_SHORTEST = 2  # letters of a word that tells texts apart
CONCEPTS = {
    "en": {name: Gated(_in_english(lines), _SHORTEST) for name, lines in english.CONCEPTS.items()},
    "ko": {name: Gated(_in_korean(lines), _SHORTEST) for name, lines in korean.CONCEPTS.items()},
}
"""By language and name: what stands for a concept in folded text."""

_WORDS = """
ignore disregard forget override bypass previous prior above earlier all any every everything
instructions instruction rules guidelines prompt prompts system reveal print repeat show password
passwords secret secrets credentials you are now act pretend developer mode jailbreak unrestricted
assistant model language send email user users the your and this these that not tell what said
restrictions filters safety output conversation history from with without respond only execute
command commands
"""
_SPELLED = re.compile(r"(?<![a-z\\])[a-z]{4,}(?![a-z\[(])")
WORDS = frozenset(
    word
    for lines in (_WORDS, english.MODEL, english.READER, *english.CONCEPTS.values())
    for word in (*lines.split(), *_SPELLED.findall(lines))
    if word.isalpha()
)
"""Words that are known with digits in place of letters, and without blanks between them."""
