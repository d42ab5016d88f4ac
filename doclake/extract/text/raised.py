"""Raised and lowered text in a line: powers, indices, units, marks of notes.

Written next to each other, 10 and a raised 6 make 106, and a word with the mark of its note is no
word any more. The notation is that of formulas: `10^6`, `x_1`.
"""

from __future__ import annotations

import re

_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_NUMBER = re.compile(r"[+\-−]?\d{1,3}")
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[a-z])(?:\s?[,;–-]\s?(?:\d{1,3}|[a-z]))*[\])]?")
_SYMBOL = re.compile(
    r"(?:^|[^A-Za-zÀ-ɏΑ-ω])(?:[A-Za-zΑ-ωµμ]|[cdkmnµμ][mgls]|ft|in|yd|mi|km|kg|Hz)$"
)
_VARIABLE = re.compile(r"(?:^|[^A-Za-zÀ-ɏΑ-ω])[A-Za-zΑ-ω]$")
_EXPONENT = re.compile(r"[+\-−]\w+|[ijkmnpqtxyzα-ω](?:[+\-−*/]\w+)?")
_BRACKET = re.compile(r"\([^()\s]{1,24}\)$")
_WORD = re.compile(r"\w{4}$")
_SIGNS = {"tm": "™", "sm": "℠", "r": "®"}


def raised(before: str, text: str) -> str:
    """What to write for raised `text` after the text `before` it."""
    words = " ".join(text.split())
    if not words or not before or before[-1].isspace():
        return words
    written = power(before, words)
    if written is not None:
        return written
    if _is_note(before, words):
        return f" {words}" if words[0] in "[(" else f" [{words}]"
    return f" {words}" if " " in words else _SIGNS.get(words.lower(), words)


def power(before: str, text: str) -> str | None:
    """What to write for raised `text` that is a power of what stands before it, or its index; None
    if it is neither."""
    words = " ".join(text.split())
    last = before[-1:]
    if not words or not last or last.isspace():
        return None
    exponent = _EXPONENT.fullmatch(words) is not None
    if last.isdigit() and (exponent or words[0].isdigit()):
        return f"^{_grouped(words)}"
    if _NUMBER.fullmatch(words) and _SYMBOL.search(before):
        return words.translate(_SUPERSCRIPTS)
    if (_NUMBER.fullmatch(words) and _BRACKET.search(before)) or (
        exponent and _VARIABLE.search(before)
    ):
        return f"^{_grouped(words)}"
    return None


def lowered(before: str, text: str) -> str:
    """What to write for lowered `text` after the text `before` it."""
    words = " ".join(text.split())
    if before[-1:].isdigit() and words[:1].isdigit():
        return f"_{_grouped(words)}"
    return words


def _is_note(before: str, words: str) -> bool:
    """Numbers, or a letter after a word: one after a shorter text is part of an abbreviation."""
    if not _NOTE.fullmatch(words) or before[-1:].isdigit():
        return False
    return any(map(str.isdigit, words)) or words[0] in "[(" or bool(_WORD.search(before))


def _grouped(words: str) -> str:
    return words if re.fullmatch(r"[+\-−]?\w+", words) else f"({words})"
