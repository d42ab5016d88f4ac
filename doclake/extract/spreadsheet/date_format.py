"""Dates and times as Excel's number formats show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from doclake.extract.spreadsheet import date_names

_MAX_SERIAL = 2_958_465.999_999_99  # the last day of the year 9999


class _Token(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def text(self) -> str: ...


def from_serial(value: float, date1904: bool = False) -> datetime:
    """The moment that a serial number stands for, to the millisecond.

    Serials below 60 are a day off on purpose: Excel counts a 29 February 1900. Raises `ValueError`
    outside the years 1900 to 9999.
    """
    if not 0 <= value <= _MAX_SERIAL:
        raise ValueError(value)
    base = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
    if not date1904 and value < 60:
        base += timedelta(days=1)
    return base + timedelta(milliseconds=round(value * 86_400_000))


def display(value: float, tokens: Sequence[_Token], locale: str, date1904: bool) -> str:
    """Text of a serial number under the tokens of a date format."""
    codes = [token.text if token.kind == "date" else "" for token in tokens]
    if value < 0 and any(code.startswith("[") for code in codes):
        return "-" + display(-value, tokens, locale, date1904)  # elapsed time, not a moment
    decimals = max((len(code) - code.index(".") - 1 for code in codes if "." in code), default=0)
    moment = _rounded(from_serial(value, date1904), decimals)
    if not date1904 and value < 1:
        moment = moment.replace(year=1900, month=1, day=1)
    half_day = any("/" in code for code in codes)
    pieces = []
    for place, token in enumerate(tokens):
        if token.kind == "date":
            is_minute = _is_minute(codes, place)
            pieces.append(_part(codes[place], moment, value, is_minute, half_day, locale))
        elif token.kind != "at":
            pieces.append(token.text)
    return "".join(pieces).strip()


def _rounded(moment: datetime, decimals: int) -> datetime:
    """Rounded to the last digit of the seconds shown, as Excel does before it splits the parts."""
    unit = timedelta(seconds=10**-decimals)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + round((moment - midnight) / unit) * unit


def _is_minute(codes: list[str], place: int) -> bool:
    """`m` means minutes right after hours or right before seconds, else months."""
    if codes[place] not in ("m", "mm", "[m]", "[mm]"):
        return False
    before = next((code for code in reversed(codes[:place]) if code), "")
    after = next((code for code in codes[place + 1 :] if code), "")
    return before.strip("[]").startswith("h") or after.strip("[]").startswith("s")


def _part(
    code: str, moment: datetime, value: float, is_minute: bool, half_day: bool, locale: str
) -> str:
    if code.startswith("["):
        unit = {"h": 24, "m": 1440, "s": 86400}[code[1]]
        return f"{int(value * unit + 1e-6):0{len(code) - 2}d}"
    if "/" in code:
        return _half_day(code, moment.hour, locale)
    first = code[0]
    if first == "y" or code.startswith("e"):
        return f"{moment.year:04d}" if len(code) > 2 or first == "e" else f"{moment.year % 100:02d}"
    if is_minute:
        return f"{moment.minute:0{len(code)}d}"
    if first == "m":
        return _month(moment.month, len(code), locale)
    if first == "d":
        return _day(moment, len(code), locale)
    if first == "a":
        asian = date_names.language(locale) in ("ja", "zh")  # only East Asian locales have `aaa`
        return _day(moment, len(code), locale if asian else "ko-kr")
    if first == "h":
        hour = (moment.hour + 11) % 12 + 1 if half_day else moment.hour
        return f"{hour:0{min(len(code), 2)}d}"
    if first == "s":
        return _second(code, moment)
    return ""


def _half_day(code: str, hour: int, locale: str) -> str:
    morning, evening = code.split("/")
    name = date_names.half_day(hour, locale)
    return name or (morning if hour < 12 else evening)


def _month(month: int, width: int, locale: str) -> str:
    return date_names.month(month, width, locale) if width > 2 else f"{month:0{width}d}"


def _day(moment: datetime, width: int, locale: str) -> str:
    if width > 2:
        return date_names.day(moment.weekday(), width, locale)
    return f"{moment.day:0{width}d}"


def _second(code: str, moment: datetime) -> str:
    whole, _, part = code.partition(".")
    text = f"{moment.second:0{min(len(whole), 2)}d}"
    return f"{text}.{moment.microsecond:06d}"[: len(text) + 1 + len(part)] if part else text
