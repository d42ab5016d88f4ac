"""Text that was written for machines: base64 of pictures and files, keys, dumps of bytes.

Such letters are no words. Embedded, they are near to nothing and so turn up where a question has no
good answer. They are kept, apart from the words around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORTEST = 100  # letters in a row: longer than words, names, digests and tokens that people quote
_LINE = 44  # a line of a wrapped dump; the usual lengths are 60, 61, 64, 72 and 76
_DATA_URI = r"data:[\w.+/-]{0,100}(?:;[\w=.+-]{1,60}){0,4};base64,"
_UNBROKEN = rf"[A-Za-z0-9+/_-]{{{_SHORTEST},}}={{0,2}}"
# The last line is shorter: it is told from a word by a sign that words lack.
_LAST_LINE = r"(?:\s+[A-Za-z0-9+/]*(?:[0-9+/][A-Za-z0-9+/]*={0,2}|={1,2})(?!\w))?"
_WRAPPED = rf"[A-Za-z0-9+/]{{{_LINE},}}(?:\s+[A-Za-z0-9+/]{{{_LINE},}})+={{0,2}}{_LAST_LINE}"
_RUN = re.compile(rf"(?:{_DATA_URI}\s*)?(?:{_WRAPPED}|{_UNBROKEN})|{_DATA_URI}[A-Za-z0-9+/=]*")
_UUENCODED = re.compile(r"^begin [0-7]{3} \S.*\n(?:[ -`]{1,62}\n)+end$", re.MULTILINE)
_SHORT = re.compile(r";base64,|^begin [0-7]{3} ", re.MULTILINE)
_RULE_OR_PATH = re.compile(r"[/_+-]+")


def split(text: str) -> tuple[str, str]:
    """(the words, the machine text) of a text; the second is empty for nearly every text."""
    if max(map(len, text.split()), default=0) < _LINE and not _SHORT.search(text):
        return text, ""  # the usual case, found ten times as fast as by the patterns below
    found = list(_runs(text))
    if not found:
        return text, ""
    words, machine, at = [], [], 0
    for start, end in found:
        words.append(text[at:start])
        machine.append(text[start:end])
        at = end
    words.append(text[at:])
    return "".join(words), "\n".join(machine)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for pattern, is_machine in ((_UUENCODED, lambda _: True), (_RUN, _is_machine)):
        for match in pattern.finditer(text):
            if match.start() >= at and is_machine(match[0]):
                at = match.end()
                yield match.span()


def _is_machine(run: str) -> bool:
    """Paths and names in capitals have words between their marks, and repeat a sign or a few
    letters in drawings and genomes; base64 and hexadecimal digits have neither."""
    body = run.rpartition("base64,")[2]
    if body != run:
        return True
    letters = re.sub(r"\s+|=+$", "", run)
    digits = sum(map(str.isdigit, letters))
    if len(set(letters)) < 12:
        return False
    longest = max(map(len, _RULE_OR_PATH.split(letters)))
    if not digits or longest < 24:
        return False
    upper, lower = sum(map(str.isupper, letters)), sum(map(str.islower, letters))
    if not upper or not lower:  # hexadecimal, base32
        return digits * 5 > len(letters)
    return digits * 40 > len(letters) and min(upper, lower) * 10 > len(letters)
