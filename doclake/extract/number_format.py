"""What a spreadsheet shows for a number: the number formats of Excel (ECMA-376, 18.8.31).

`display(0.256, "0.0%")` is `25.6%`. Formats are split into tokens once and kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from doclake.extract import date_format

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
_MAX_DECIMALS = 30
# What openpyxl and pandas write for a moment; they and LibreOffice show its hours in two digits.
_LOOSE_ISO, _ISO = "yyyy-mm-dd h:mm:ss", "yyyy-mm-dd hh:mm:ss"

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
"""Formats that files refer to by number and never spell out: in the English locale, and from 27 on,
which only East Asian locales have, in the Korean one (ECMA-376, 18.8.30)."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is text, digit, point, comma, percent, exponent, slash, date, at or general."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the up to four parts of a format."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    locale: str
    is_date: bool


def display(value: float, code: str, date1904: bool = False) -> str:
    """Text shown for a number under a format code; never raises."""
    try:
        sections = parse(_ISO if code.lower() == _LOOSE_ISO else code)
        section, magnitude = _choose(sections, value)
        if section.is_date:
            return date_format.display(value, section.tokens, section.locale, date1904)
        if any(token.kind in ("general", "at") for token in section.tokens):
            inner = general(magnitude)  # of a number, a format for texts shows as much
            whole = ("general", "at")
            return "".join(inner if t.kind in whole else t.text for t in section.tokens)
        return _number(magnitude, section.tokens).strip()
    except (ValueError, OverflowError, InvalidOperation, ArithmeticError):
        return general(value)


def display_text(text: str, code: str) -> str:
    """Text shown for a text: the fourth section may dress it, or show nothing (`;;;`)."""
    sections = parse(code) if "@" in code or code.count(";") >= 3 else ()
    section = next((s for s in reversed(sections) if any(t.kind == "at" for t in s.tokens)), None)
    if section is None:
        return text if len(sections) < 4 else "".join(t.text for t in sections[3].tokens)
    return "".join(text if t.kind == "at" else t.text for t in section.tokens)


def conceals(code: str) -> bool:
    """The format shows nothing for any value (`;;;`): people hide cells with it."""
    return code.count(";") >= 3 and not any(section.tokens for section in parse(code))


def general(value: float) -> str:
    """The format General: at most 15 digits, as LibreOffice and the cell's edit line show them;
    how many of them fit into the cell (in Excel at most ten) is the column's matter."""
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    text = f"{Decimal(f'{value:.15g}'):f}"
    if 1e-5 <= abs(value) < 1e16:
        return text
    mantissa, exponent = f"{value:.14e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"


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
            found = _CONDITION.fullmatch(text)
            currency = _CURRENCY.fullmatch(text)
            if found:
                condition = (found[1], float(found[2]))
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
    named = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "at"}
    return Token(named.get(text, "text"), text)


def _section(tokens: list[Token], condition: tuple[str, float] | None, locale: str) -> Section:
    is_date = any(token.kind == "date" for token in tokens)
    if is_date or not any(token.kind in ("digit",) for token in tokens):
        # Only numbers give points, commas and slashes a meaning of their own.
        special = ("point", "comma", "slash")
        tokens = [Token("text", t.text) if t.kind in special else t for t in tokens]
    return Section(tuple(tokens), condition, locale, is_date)


def _choose(sections: tuple[Section, ...], value: float) -> tuple[Section, float]:
    """The section for a value, and the value it shows: a section of its own for negative
    numbers writes the sign itself."""
    if any(section.condition for section in sections[:2]):
        for place, section in enumerate(sections):
            if section.condition is None or _meets(value, section.condition):
                signed = place == 0 and not _only_negative(section.condition)
                return section, value if signed else abs(value)
        return sections[-1], value
    numeric = sections[:3]
    if len(numeric) > 1 and any(token.kind == "at" for token in numeric[-1].tokens):
        numeric = numeric[:-1]  # the last one is for texts
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value
    if value == 0 and len(numeric) > 2:
        return numeric[2], value
    return sections[0], value


def _only_negative(condition: tuple[str, float] | None) -> bool:
    """The section is for negative numbers alone, so it writes their sign itself."""
    if condition is None:
        return False
    sign, bound = condition
    return (sign in ("<", "<=", "=") and bound < 0) or (sign == "<" and bound == 0)


def _meets(value: float, condition: tuple[str, float]) -> bool:
    sign, bound = condition
    return {
        "<": value < bound,
        ">": value > bound,
        "<=": value <= bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _number(value: float, tokens: tuple[Token, ...]) -> str:
    kinds = [token.kind for token in tokens]
    if "digit" not in kinds:
        sign = "-" if value < 0 and tokens else ""
        return sign + "".join("" if t.kind == "at" else t.text for t in tokens)
    amount = Decimal(repr(value)) * (Decimal(100) ** kinds.count("percent"))
    if "exponent" in kinds:
        return _scientific(amount, tokens)
    if "slash" in kinds and kinds.index("slash") > kinds.index("digit"):
        return _fraction(amount, tokens)
    tokens, scale = _without_scaling(tokens)
    return _decimal(amount / (Decimal(1000) ** scale), tokens)


def _without_scaling(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], int]:
    """Commas right after the last digit divide by a thousand each."""
    last = max(place for place, token in enumerate(tokens) if token.kind == "digit")
    end = last + 1
    while end < len(tokens) and tokens[end].kind == "comma":
        end += 1
    return tokens[: last + 1] + tokens[end:], end - last - 1


def _decimal(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole_places = [i for i in range(point) if tokens[i].kind == "digit"]
    part_places = [i for i in range(point, len(tokens)) if tokens[i].kind == "digit"]
    grouped = (
        any(tokens[i].kind == "comma" for i in range(whole_places[0], point))
        if (whole_places)
        else False
    )
    decimals = min(len(part_places), _MAX_DECIMALS)
    rounded = abs(amount).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    digits, _, part = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0")
    shown = _whole(digits, tokens, whole_places, grouped)
    shown |= _part(part, tokens, part_places)
    sign = "-" if amount < 0 and rounded else ""
    pieces = []
    for place, token in enumerate(tokens):
        if place == point and not whole_places:
            pieces.append(digits)  # `.00` has no place left of its point, yet leaves nothing out
        if token.kind == "digit":
            pieces.append(shown.get(place, ""))
        elif token.kind not in ("comma", "at"):
            pieces.append(token.text)
    text = "".join(pieces)
    return sign + (text.lstrip() if sign else text)


def _whole(
    digits: str, tokens: tuple[Token, ...], places: list[int], grouped: bool
) -> dict[int, str]:
    """Digits left of the point, put into their places from the right; the first takes the rest."""
    shown: dict[int, str] = {}
    used = 0
    for count, place in enumerate(reversed(places)):
        first = count == len(places) - 1
        rest = digits[: len(digits) - used]
        taken = rest if first else rest[-1:]
        used += len(taken)
        filler = {"0": "0", "?": " "}.get(tokens[place].text, "")
        shown[place] = taken or filler
        if grouped:
            shown[place] = _with_commas(shown[place], count)
    return shown


def _with_commas(text: str, offset: int) -> str:
    """Commas for digits that stand `offset` places left of the point."""
    out = ""
    for position, digit in enumerate(reversed(text)):
        place = offset + position
        comma = "," if place and place % 3 == 0 and digit.isdigit() else ""
        out = digit + comma + out
    return out


def _part(part: str, tokens: tuple[Token, ...], places: list[int]) -> dict[int, str]:
    """Digits right of the point; zeros in optional places at the end are left out."""
    shown = {}
    significant = len(part.rstrip("0"))
    for count, place in enumerate(places):
        digit = part[count : count + 1] or "0"
        if count >= significant and tokens[place].text != "0":
            digit = " " if tokens[place].text == "?" else ""
        shown[place] = digit
    return shown


def _scientific(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    place = next(i for i, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, exponent_tokens = tokens[:place], tokens[place + 1 :]
    step = max(sum(1 for t in _before_point(mantissa) if t.kind == "digit"), 1)
    power = amount.adjusted() if amount else 0
    power = (power // step) * step if step > 1 else power
    decimals = sum(1 for t in mantissa if t.kind == "digit") - step
    scaled = amount.scaleb(-power)
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-max(decimals, 0)), rounding=ROUND_HALF_UP)
    if rounded >= 10**step:
        power += step
        scaled = amount.scaleb(-power)
    width = sum(1 for t in exponent_tokens if t.kind == "digit")
    sign = "-" if power < 0 else "+" if tokens[place].text.endswith("+") else ""
    tail = "".join(t.text for t in exponent_tokens if t.kind == "text")
    return f"{_decimal(scaled, mantissa)}E{sign}{abs(power):0{max(width, 1)}d}{tail}"


def _before_point(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    point = next((i for i, t in enumerate(tokens) if t.kind == "point"), len(tokens))
    return tokens[:point]


def _fraction(amount: Decimal, tokens: tuple[Token, ...]) -> str:
    """`# ?/?`: whole part and the nearest fraction with that many digits below."""
    from fractions import Fraction

    slash = next(i for i, token in enumerate(tokens) if token.kind == "slash")
    below = tokens[slash + 1 :]
    fixed = "".join(t.text for t in below if t.text.isdigit() and t.text != "0")
    width = max(sum(1 for t in below if t.kind == "digit"), 1)
    has_whole = (
        any(t.kind == "text" and t.text == " " for t in tokens[:slash])
        and sum(1 for t in tokens[:slash] if t.kind == "digit") > 1
    )
    exact = abs(Fraction(amount))
    whole = int(exact) if has_whole else 0
    rest = exact - whole
    if fixed:
        nearest = Fraction(round(rest * int(fixed)), 1) / int(fixed)
        top, bottom = round(rest * int(fixed)), int(fixed)
    else:
        nearest = rest.limit_denominator(10**width - 1)
        top, bottom = nearest.numerator, nearest.denominator
    if nearest == 1 and has_whole:
        whole, top = whole + 1, 0
    sign = "-" if amount < 0 else ""
    if top == 0 and has_whole:
        return f"{sign}{whole}"
    return f"{sign}{whole} {top}/{bottom}" if whole else f"{sign}{top}/{bottom}"
