"""From number format codes to their sections and tokens (ECMA-376, 18.8.31)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>(?i:general)|G/표준|Standard)|(?P<exp>[Ee][+-])|(?P<ampm>(?i:AM/PM|A/P)|오전/오후)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[aA]{3,4}|e+|g+|B[12])"
    r"|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_CURRENCY = re.compile(r"\$([^-]*)(?:-(.*))?")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
BUILTIN: dict[int, str] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yyyy h:mm",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    5: '"$"#,##0;("$"#,##0)',
    6: '"$"#,##0;("$"#,##0)',
    7: '"$"#,##0.00;("$"#,##0.00)',
    8: '"$"#,##0.00;("$"#,##0.00)',
    41: "#,##0;-#,##0;-",
    42: '"$"#,##0;-"$"#,##0;"$"-',
    43: "#,##0.00;-#,##0.00;-",
    44: '"$"#,##0.00;-"$"#,##0.00;"$"-',
    31: 'yyyy"년" mm"월" dd"일"',
    32: 'h"시" mm"분"',
    33: 'h"시" mm"분" ss"초"',
    30: "mm-dd-yy",
    **dict.fromkeys((27, 36, 50, 57), 'yyyy"年" mm"月" dd"日"'),
    **dict.fromkeys((28, 29, 51, 54, 58), "mm-dd"),
    **dict.fromkeys((34, 35, 52, 53, 55, 56), "yyyy-mm-dd"),
}
"""Formats that files refer to by number and never spell out (ECMA-376, 18.8.30), in the English
locale. Only East Asian locales have 27 to 36 and 50 to 58; those are the Korean ones."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is text, digit, point, comma, percent, exponent, slash, date, at or general."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of up to four parts of a format."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    locale: str
    is_date: bool


@lru_cache(maxsize=1024)
def parse(code: str) -> tuple[Section, ...]:
    """Sections of a format code."""
    sections: list[Section] = []
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    locale = ""
    for match in _TOKEN.finditer(code or "General"):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0] or ""
        if kind == "other" and text == ";":
            sections.append(_section(tokens, condition, locale))
            tokens, condition, locale = [], None, ""
        elif kind == "bracket":
            comparison = _CONDITION.fullmatch(text)
            currency = _CURRENCY.fullmatch(text)
            if comparison:
                condition = (comparison[1], float(comparison[2]))
            elif currency:
                tokens.append(Token("text", currency[1]))
                locale = (currency[2] or locale).lower()
            elif _ELAPSED.fullmatch(text):
                tokens.append(Token("date", f"[{text.lower()}]"))
        else:
            tokens.append(_token(kind, text))
    sections.append(_section(tokens, condition, locale))
    return tuple(sections)


def _token(kind: str, text: str) -> Token:
    if kind in ("quoted", "escaped"):
        return Token("text", text)
    if kind in ("pad", "fill"):
        return Token("text", " " if kind == "pad" else "")
    if kind in ("date", "ampm"):
        return Token("date", text if kind == "ampm" else text.lower())
    if kind == "exp":
        return Token("exponent", text)
    if kind in ("digit", "general"):
        return Token(kind, text)
    kinds = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "at"}
    return Token(kinds.get(text, "text"), text)


def _section(tokens: list[Token], condition: tuple[str, float] | None, locale: str) -> Section:
    is_date = any(token.kind == "date" for token in tokens)
    if is_date or not any(token.kind in ("digit",) for token in tokens):
        # Points, commas and slashes have a meaning of their own only in numbers.
        special = ("point", "comma", "slash")
        tokens = [Token("text", t.text) if t.kind in special else t for t in tokens]
    return Section(tuple(tokens), condition, locale, is_date)
