"""What stands between the end of one row of a paragraph or a cell and the beginning of the next: a
space, a hyphen or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HAN_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uff60、。]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_COUNTED = re.compile(  # what is counted follows its number without a space: 8도까지, 3월에
    r"[년월일시분초명개원도세회번만천억]"
    r"(?:부터|까지|에서|에는|이며|이고|이다|에|의|은|는|이|가|을|를|간|씩|째|쯤|당|과|와)?(?![가-힣])"
)
_HYPHENS = "-\u2010\u00ad"  # fonts name their hyphen by any of them
_BROKEN = re.compile(rf"[^\W\d_]{{2}}[{_HYPHENS}]$")
_COMPOUND = re.compile(r"[-\u2010/@_]")  # its last hyphen may well be one of its own
_SUSPENDED = re.compile(r"(?:und|oder|bzw|sowie|and|or)\b")  # Vor- und Nachteile, one- or two-sided
_TIES = "–—/@"  # between two words: 2019–2020, km/h
_ADDRESS = re.compile(r"[^\w\s]*(?:\w+://|www\.)\S+")
_IN_ADDRESS = "/_=?#%"
_REACH = 120  # characters of the last word that are looked at


def join(texts: Sequence[str], tight_hangul: bool = False) -> str:
    """Rows of a paragraph as one text: words hyphenated at a row's end are put together, and no
    space is put between Han or Kana.

    `tight_hangul`: this document keeps spaces at the ends of rows, so a row of Hangul that ends
    without one was broken inside a word.
    """
    text = ""
    for raw in texts:
        part = raw.strip()
        if not part:
            continue
        if not text:
            text, spaced = part, raw[-1:].isspace()
            continue
        tied = tie(text, part)
        if tied is not None:
            text = tied
        elif _runs_on(text[-1], part, tight_hangul and not spaced):
            text += part
        else:
            text += " " + part
        spaced = raw[-1:].isspace()
    return text


def tie(text: str, part: str) -> str | None:
    """A row and the next, neither blank, as one text if the end of the first says that no space
    parts them: a hyphen, a dash or a solidus right behind a word, or an address that goes on. None
    if it does not say so."""
    before, last, first = text[-2:-1], text[-1], part[0]
    word = text[-_REACH:].split()[-1]
    if _ADDRESS.match(word) and (last in _IN_ADDRESS or first in _IN_ADDRESS):
        goes_on = first in _IN_ADDRESS or first.islower() or first.isdigit()
        return text + part if goes_on else None
    if not first.isalnum() or not before.strip() or before in _HYPHENS:
        return None
    if last in _TIES:
        return text + part
    if last not in _HYPHENS or _SUSPENDED.match(part):
        return None
    if first.islower() and _BROKEN.search(word) and not _COMPOUND.search(word[:-1]):
        return text[:-1] + part
    return f"{text[:-1]}-{part}"


def _runs_on(before: str, after: str, tight_hangul: bool) -> bool:
    """Does no space belong between the last letter of one row and the next row?"""
    if _HAN_KANA.match(before) and _HAN_KANA.match(after):
        return True
    if before.isdigit() and _COUNTED.match(after):
        return True
    return bool(tight_hangul and _HANGUL.match(before) and _HANGUL.match(after))


def keep_spaces(texts: Sequence[str]) -> bool:
    """Do enough rows of Hangul end in a space for its absence to mean something?"""
    if not _HANGUL.search("".join(texts)):
        return False
    hangul = [text for text in texts if _HANGUL.match(text.rstrip()[-1:] or " ")]
    return len(hangul) >= 8 and sum([text[-1].isspace() for text in hangul]) > 0.3 * len(hangul)
