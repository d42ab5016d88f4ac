"""Days, and how long of them something lasted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
"""From a moment to a later one."""


@dataclass(frozen=True)
class Day:
    """A day in a time zone, from `start` to `end`, as far as it has passed: `until`."""

    date: date
    start: datetime
    until: datetime
    is_over: bool

    @property
    def name(self) -> str:
        return self.date.isoformat()

    @property
    def seconds(self) -> float:
        return (self.until - self.start).total_seconds()

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.until


def days(first: datetime, now: datetime, zone: ZoneInfo) -> Iterator[Day]:
    """Every day from that of `first` to that of `now`, which is not over."""
    day, last = first.astimezone(zone).date(), now.astimezone(zone).date()
    while day <= last:
        start = _midnight(day, zone)
        end = _midnight(day + timedelta(days=1), zone)
        yield Day(day, start, min(end, now), end <= now)
        day += timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)  # else hours of summer are lost


def seconds_of(spans: Iterable[Span], within: Span) -> float:
    """How long of `within` any of the spans lasted, each moment counted once."""
    total, reached = 0.0, within[0]
    for start, end in sorted(spans):
        start, end = max(start, reached), min(end, within[1])
        if end > start:
            total += (end - start).total_seconds()
            reached = end
    return total


def share_met(done: Sequence[datetime], target: timedelta, within: Span) -> float | None:
    """Share of `within` in which the last of the moments `done` was no older than `target`. Of the
    time before the first of them nothing is known; None if nothing is known of `within`."""
    if not done or min(done) >= within[1]:
        return None
    known = (max(within[0], min(done)), within[1])
    met = seconds_of(((moment, moment + target) for moment in done), known)
    return met / (known[1] - known[0]).total_seconds()
