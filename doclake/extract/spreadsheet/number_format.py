"""What a spreadsheet shows for a number: the number formats of Excel (ECMA-376, 18.8.31).

`display(0.256, "0.0%")` is `25.6%`.
"""

from __future__ import annotations

from decimal import InvalidOperation

from doclake.extract.spreadsheet import date_format
from doclake.extract.spreadsheet.format_codes import Section, parse
from doclake.extract.spreadsheet.numbers import general, number

# openpyxl and pandas write the first for a moment; they and LibreOffice show two digits of hours.
_LOOSE_ISO, _ISO = "yyyy-mm-dd h:mm:ss", "yyyy-mm-dd hh:mm:ss"


def display(value: float, code: str, date1904: bool = False) -> str:
    """Text shown for a number under a format code; never raises."""
    try:
        sections = parse(_ISO if code.lower() == _LOOSE_ISO else code)
        section, magnitude = _choose(sections, value)
        if section.is_date:
            return date_format.display(value, section.tokens, section.locale, date1904)
        if any(token.kind in ("general", "at") for token in section.tokens):
            inner = general(magnitude)  # a format for texts shows a number like General
            whole = ("general", "at")
            return "".join(inner if t.kind in whole else t.text for t in section.tokens)
        return number(magnitude, section.tokens).strip()
    except (ValueError, OverflowError, InvalidOperation, ArithmeticError):
        return general(value)


def display_text(text: str, code: str) -> str:
    """Text shown for a text. The fourth section may add to it, or show nothing (`;;;`)."""
    sections = parse(code) if "@" in code or code.count(";") >= 3 else ()
    section = next((s for s in reversed(sections) if any(t.kind == "at" for t in s.tokens)), None)
    if section is None:
        return text if len(sections) < 4 else "".join(t.text for t in sections[3].tokens)
    return "".join(text if t.kind == "at" else t.text for t in section.tokens)


def conceals(code: str) -> bool:
    """Does the format show nothing for any value (`;;;`)? People hide cells with it."""
    return code.count(";") >= 3 and not any(section.tokens for section in parse(code))


def _choose(sections: tuple[Section, ...], value: float) -> tuple[Section, float]:
    """The section for a value, and the value to show. A section for negative numbers alone writes
    their sign itself, so the value loses it."""
    if any(section.condition for section in sections[:2]):
        for place, section in enumerate(sections):
            if section.condition is None or _meets(value, section.condition):
                signed = place == 0 and not _only_negative(section.condition)
                return section, value if signed else abs(value)
        return sections[-1], value
    numeric = sections[:3]
    if len(numeric) > 1 and any(token.kind == "at" for token in numeric[-1].tokens):
        numeric = numeric[:-1]  # the last section is for texts
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value
    if value == 0 and len(numeric) > 2:
        return numeric[2], value
    return sections[0], value


def _only_negative(condition: tuple[str, float] | None) -> bool:
    """Is the section for negative numbers alone?"""
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
