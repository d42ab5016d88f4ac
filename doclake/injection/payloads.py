"""What a text hides: signs that show nothing, and text in another coding."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

_TAGS = re.compile("[\U000e0020-\U000e007e]{3,}")
_FLAG = "\U0001f3f4"  # the tag characters after it spell the flag of a region
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_SPLITTING = re.compile(
    "(?<=[A-Za-z가-힣])[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\u3164\uffa0](?=[A-Za-z가-힣])"
)
_RUN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]{8,}")
_OVERRIDE = re.compile("[\u202d\u202e\u2066-\u2068]")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{4}){5,}[A-Za-z0-9+/_-]{0,3}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ :,]?){20,}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}[^\s%]{0,3}){8,}")
_ESCAPED = re.compile(r"(?:\\u[0-9A-Fa-f]{4}){6,}")
_ENTITIES = re.compile(r"(?:&#x?[0-9A-Fa-f]{2,6};\s?){6,}")
_BINARY = re.compile(r"(?:[01]{8}\s?){10,}")
_LONGEST, _SHORTEST = 20_000, 20
_TURNED = ("vtaber", "vafgehpgvba", "cerivbhf", "flfgrz cebzcg", "qvfertneq")  # rot13
_BACKWARDS = ("erongi", "snoitcurtsni", "suoiverp", "tpmorp", "drager")


def invisible(text: str) -> float:
    """How much the signs that show nothing weigh."""
    if text.isascii():
        return 0.0
    weight = 0.0
    if smuggled(text):
        weight = 0.8
    elif any(len(match[0]) > 7 for match in _SELECTORS.finditer(text)):
        weight = 0.7
    elif _RUN.search(text):
        weight = 0.6
    else:
        split = len(_SPLITTING.findall(text))
        weight = min(0.45, 0.12 * split) if split > 2 else 0.0
        if _OVERRIDE.search(text):
            weight = max(weight, 0.3)
    return weight


def smuggled(text: str) -> str:
    """The text spelled in tag characters, or in selectors of variants as bytes."""
    if text.isascii():
        return ""
    runs = [m[0] for m in _TAGS.finditer(text) if text[max(0, m.start() - 1) : m.start()] != _FLAG]
    tags = "".join(chr(ord(sign) - 0xE0000) for run in runs for sign in run)
    spelled = b"".join(bytes(map(_byte, match[0])) for match in _SELECTORS.finditer(text))
    return tags or _readable(spelled)


def _byte(selector: str) -> int:
    code = ord(selector)
    return code - 0xFE00 if code < 0xE0100 else code - 0xE0100 + 16


def decoded(text: str) -> Iterator[str]:
    """What stands in the text in another coding, as far as it is text."""
    words = text.split()
    lengths = Counter(map(len, words))
    if lengths and max(lengths) >= _SHORTEST:
        for match in _BASE64.finditer(text):
            yield _of_base64(match[0])
    if lengths and (max(lengths) >= 2 * _SHORTEST or lengths[2] >= _SHORTEST):
        for match in _HEX.finditer(text):
            digits = re.sub(r"0x|\\x|[^0-9A-Fa-f]", "", match[0][:_LONGEST])
            yield _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    if lengths and (max(lengths) >= 80 or lengths[8] > 9):
        for match in _BINARY.finditer(text):
            bits = re.sub(r"\s", "", match[0][:_LONGEST])
            yield _readable(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)))
    if "%" in text and (text.count("%20") > 2 or _PERCENT.search(text)):
        yield unquote(text[:_LONGEST])
    if "\\u" in text and _ESCAPED.search(text):
        yield re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text[:_LONGEST])
    if "&#" in text and _ENTITIES.search(text):
        yield html.unescape(text[:_LONGEST])
    low = text[:_LONGEST].lower()
    if any(word in low for word in _TURNED):
        yield codecs.encode(low, "rot13")
    if sum(word in low for word in _BACKWARDS) > 1:
        yield low[::-1]


def _of_base64(run: str) -> str:
    plain = run[:_LONGEST].rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) // 4 * 4 + (len(plain) % 4 if len(plain) % 4 != 1 else 0)]
    try:
        return _readable(base64.b64decode(plain + "=" * (-len(plain) % 4)))
    except binascii.Error:
        return ""


def _readable(data: bytes) -> str:
    """The text of these bytes; empty if they are none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    odd = sum(not (sign.isprintable() or sign.isspace()) for sign in text)
    return text if len(text) > 7 and odd * 20 < len(text) else ""
