"""Text in Latin letters, and the 8-bit code page that reads it.

Statistics need more than the few letters beyond ASCII of a table or a name. But in the right page
these are letters that some one language uses, and marks where such marks stand; in another page
they soon are not.
"""

from __future__ import annotations

import re

_WESTERN = (
    "äöüßé",  # German
    "àâæçéèêëîïôœùûüÿ",  # French
    "áéíñóúüç",  # Spanish
    "ãáàâçéêíóôõúü",  # Portuguese
    "àèéìíòóùú",  # Italian
    "àçèéíïòóúü",  # Catalan
    "åäöéü",  # Swedish, Finnish
    "æøåéöä",  # Danish, Norwegian
    "éëïöüèêçàñ",  # Dutch, and foreign words in English
)
_CENTRAL = (
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "čćđšž",  # Croatian, Slovene
    "ăâîşţ",  # Romanian
)
_TURKISH = ("çğıiöşüâî",)
_ICELANDIC = ("áðéíóúýþæö",)
# Names of people and places of all the West in one table.
_ANY_WESTERN = ("äöüßàâæçéèêëîïôœùûáíñóúãõåøò",)
# In this order: where several pages read a text, most writers used the first.
_PAGES = (
    ("cp1252", _WESTERN),
    ("cp1250", _CENTRAL),
    ("iso8859-2", _CENTRAL),
    ("cp1254", _TURKISH),
    ("cp1252", _ICELANDIC),
    ("cp1252", _ANY_WESTERN),
    ("mac-roman", _WESTERN),
    ("cp850", _WESTERN),
)
_MARKS = re.compile(
    r"(?<=[^\W\d_])[’](?=[^\W\d_])"
    r"|(?<![^\W_])[“”„‘’«‹»¿¡](?=[\w¿¡«“„‘ \xa0])"
    r"|(?<=[\w.,;:!?…)\]% \xa0»”’])[”“’»›«‘](?![^\W_])"
    r"|(?<![^\W\d_])[€£¥$](?![^\W\d_])|(?<=\d)[€£¥°–º²³½¼¾%](?![^\W\d_])"
    r"|(?<=[ \n])[–—•·×±§°](?=[ \dA-Z])|(?<=\w)[…™®](?![^\W_])|(?<=[a-z])—(?=[a-z])"
    r"|(?<=\s)…|°(?=[CF]\b)|[©®](?=\s?\d|\s?[A-Z])|(?<=\b[kcdm]m)[²³]|(?<=\bm)[²³]|§(?=[§ \d])"
    r"|[\xa0\xad]|(?<=\bn)[°º]|(?<=\bN)[°º]"
)
_PAIRS = ("öß", "äß", "üß", "çã", "çõ", "éé", "ää", "öö", "ñí", "ñó", "ñá", "üí", "üé")
_PAIRS_IN_BYTES = {
    pair.encode(codec) for pair in _PAIRS for codec in ("cp1252", "mac-roman", "cp850")
}
_RUNS = re.compile(rb"[\x80-\xff]+")
_ODD_CASE = re.compile(r"(?<=[a-zß-öø-ÿ])[^\W\d_a-z]|(?<=[A-Z])[^\W\d_A-Za-z](?=[a-z])")
_ODD_PLACE = re.compile(
    r"œ(?![uidtsn])|(?<![bcdhlmnprtuv])ê\b|(?<=i)ê|õ(?!e)|[ùì](?=[^\W\d_])|è(?=[aeiouyáéíóúý])"
    r"|(?<!\w)[^\W_a-zàáâèéêíîóôúöåæøœ](?!\w)"
)
"""Where no language has these letters: the accents of Italian end a word, õ comes before e."""
_SAMPLE = 1 << 16
_TOLERATED = 50
"""One letter in so many may be foreign to the language."""


def page_of(data: bytes) -> str | None:
    """The code page in which these bytes are text of one language in Latin letters, if any is."""
    data = data[:_SAMPLE]
    if not _is_latin(data):
        return None
    for codec, languages in _PAGES:
        text = data.decode(codec, "replace")
        letters = _beyond_ascii(text)
        if letters is None or not (letters or codec in ("cp1252", "mac-roman")):
            continue  # marks alone, such as a euro sign, were seldom written in the others
        if any(_covers(language, letters) for language in languages):
            return codec
    return None


def _is_latin(data: bytes) -> bool:
    """Do most bytes beyond ASCII stand singly among letters of ASCII? Those of other scripts stand
    in words, and those of East Asia in pairs."""
    runs = _RUNS.findall(data)
    single = sum(len(run) == 1 or run in _PAIRS_IN_BYTES for run in runs)
    return single * 5 >= len(runs) * 3 and bool(runs)


def _beyond_ascii(text: str) -> list[str] | None:
    """The letters beyond ASCII, in lower case; None if there are marks where none can stand."""
    placed = _MARKS.sub("", text)
    high = [c for c in placed if c > "\x7f"]
    odd = sum(not c.isalpha() for c in high) + sum(c.isupper() for c in _ODD_CASE.findall(placed))
    odd += sum(c > "\x7f" for c in _ODD_PLACE.findall(placed.lower()))
    if odd * _TOLERATED > sum(c > "\x7f" for c in text):
        return None
    return [c.lower()[0] for c in high]


def _covers(language: str, letters: list[str]) -> bool:
    return sum(c not in language for c in letters) * _TOLERATED <= len(letters)
