"""Days in a time zone, and shares of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from doclake.observe.days import days, seconds_of, share_met

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_day_begins_at_midnight_of_its_zone():
    first, second = days(NOON, NOON + 4 * HOUR, ZoneInfo("Asia/Seoul"))
    assert (first.name, first.is_over, second.name) == ("2026-11-29", True, "2026-11-30")
    assert first.until == second.start == datetime(2026, 11, 29, 15, tzinfo=UTC)
    assert (second.until, second.is_over) == (NOON + 4 * HOUR, False)
    assert first.holds(NOON) and not first.holds(second.start) and not first.holds(None)


def test_a_day_on_which_the_clock_is_set_back_is_longer():
    (day, *_) = days(datetime(2026, 10, 25, 3, tzinfo=UTC), NOON, ZoneInfo("Europe/Berlin"))
    assert day.seconds == 25 * 3600


def test_what_lasts_at_the_same_time_counts_once():
    spans = [(NOON, NOON + 2 * HOUR), (NOON + HOUR, NOON + 3 * HOUR), (NOON - HOUR, NOON)]
    assert seconds_of(spans, (NOON, NOON + 24 * HOUR)) == 3 * 3600
    assert seconds_of([], (NOON, NOON + HOUR)) == 0


@pytest.mark.parametrize(
    ("hours", "target", "share"),
    [
        ([0], 24, 1.0),
        ([0], 6, 0.25),
        ([0, 3], 6, 9 / 24),
        ([-2], 6, 4 / 24),  # the run of the evening before
        ([12], 6, 0.5),  # before it nothing is known
        ([24], 6, None),
        ([], 6, None),
    ],
)
def test_freshness_is_met_while_the_last_good_run_is_young(hours, target, share):
    done = [NOON + hour * HOUR for hour in hours]
    assert share_met(done, target * HOUR, (NOON, NOON + 24 * HOUR)) == (
        None if share is None else pytest.approx(share)
    )
