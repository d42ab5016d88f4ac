"""From dates as documents write them to ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_PDF = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z|[+-])(?:(\d\d)'?(?:(\d\d)'?)?)?)?"
)
_FILE_TIME = datetime(1601, 1, 1, tzinfo=UTC)


def iso(text: str) -> str:
    """A date in ISO 8601, as exact as it was written. A text in an unknown form is not changed.

    Known forms: ISO 8601, that of PDF (`D:20240309120000+09'00'`) and that of mail (RFC 5322).
    """
    text = text.strip()
    try:
        datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return text if not text.isdigit() else _from_pdf(text) or text
    return _from_pdf(text) or _from_mail(text) or text


def _from_pdf(text: str) -> str | None:
    match = _PDF.fullmatch(text)
    if match is None:
        return None
    *parts, sign, hours, minutes = match.groups()
    year, month, day, *clock = parts
    if day is None:
        return f"{year}-{month}" if month else year
    zone = f"{sign}{hours or '00'}:{minutes or '00'}" if sign and sign != "Z" else sign or ""
    date = f"{year}-{month}-{day}"
    if clock[0] is not None:
        date += "T" + ":".join(part or "00" for part in clock) + zone
    try:
        datetime.fromisoformat(date)
    except ValueError:
        return None
    return date


def _from_mail(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def from_file_time(ticks: int) -> str | None:
    """The date of a Windows FILETIME, ticks of 100 ns since 1601. None for a small one, which is a
    length of time."""
    if ticks < 365 * 86_400 * 10_000_000:
        return None
    try:
        moment = _FILE_TIME + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
