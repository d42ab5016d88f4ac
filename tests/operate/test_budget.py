"""A budget stops an ingest before more is taken than it allows."""

from __future__ import annotations

import time

from doclake.operate.budget import Budget


def _needs(buckets) -> tuple[float, float]:
    return 100.0 * len(buckets), 10.0 * len(buckets)


def test_without_limits_everything_fits():
    assert Budget().fitting(["00", "01"], _needs) == ["00", "01"]


def test_as_many_buckets_go_as_tokens_and_seconds_allow():
    assert Budget(max_tokens=250).fitting(["00", "01", "02"], _needs) == ["00", "01"]
    assert Budget(max_seconds=15).fitting(["00", "01", "02"], _needs) == ["00"]
    assert Budget(max_tokens=99).fitting(["00", "01"], _needs) == []


def test_what_is_spent_counts():
    spent = Budget(max_tokens=250, tokens=200)
    assert spent.refuses(60, 0) == (
        "200 of 250 tokens are spent, and the next buckets need about 60"
    )
    assert spent.refuses(50, 0) is None
    late = Budget(max_seconds=60, started=time.monotonic() - 55)
    assert late.refuses(0, 10)
