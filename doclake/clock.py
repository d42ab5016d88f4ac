"""The time, as every table writes it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC, which one without a zone is in already. Raises `ValueError` for one that
    another zone puts out of all years: a table that held it could not be read again."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("a moment of the years 1 to 9999 in UTC") from None
