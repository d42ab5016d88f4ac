"""The concepts that rules are made of, by language, and words that are known in disguise."""

from __future__ import annotations

import re

from doclake.injection import english, korean
from doclake.injection.expressions import joined


def _in_english(lines: str) -> re.Pattern[str]:
    filled = lines.replace("{model}", english.MODEL).replace("{reader}", english.READER)
    return re.compile(rf"(?<![a-z])(?:{joined(filled)})(?![a-z])")


def _in_korean(lines: str) -> re.Pattern[str]:
    return re.compile(joined(lines.replace("{model}", korean.MODEL)))


CONCEPTS = {
    "en": {name: _in_english(lines) for name, lines in english.CONCEPTS.items()},
    "ko": {name: _in_korean(lines) for name, lines in korean.CONCEPTS.items()},
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
WORDS = frozenset(_WORDS.split())
"""Words that are known with digits in place of letters, and without blanks between them."""
