"""Capacity is arithmetic over measured rates, and a lake's own rates are those of its tables."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from doclake.operate.capacity import BUCKET_DOCUMENTS, FILE_BYTES, Capacity, Wanted, capacity
from doclake.operate.rates import MEASURED, OF_DOCUMENTS, OF_PAGES, Rates, own

ROUND = Rates(
    rows=dict.fromkeys(OF_DOCUMENTS, 1.0) | dict.fromkeys(OF_PAGES, 2.0),
    row_bytes=dict.fromkeys((*OF_DOCUMENTS, *OF_PAGES), 1000.0),
    tokens=500.0,
    extract=0.036,
    ocr=3.6,
    chunk=0.009,
    judge=0.0018,
    embed=1000.0,
    index=500.0,
    parallel=0.5,
)


def _limited(found: Capacity) -> list[str]:
    return [limit.split(":")[0] for limit in found.limits]


def test_work_is_divided_among_machines():
    found = capacity(Wanted(1_000_000, 10, scanned=0.1, hours=100, cores=10), ROUND)
    assert (found["pages"], found["chunks"], found["tokens"]) == (1e7, 2e7, 5e9)
    assert found["extract"] == pytest.approx(9e6 * 0.036 / 3600) == pytest.approx(90)
    assert found["ocr"] == pytest.approx(1e6 * 3.6 / 3600) == pytest.approx(1000)
    assert found["cut"] == pytest.approx(2e7 * 0.009 / 3600) == pytest.approx(50)
    assert found["judge"] == pytest.approx(2e7 * 0.0018 / 3600) == pytest.approx(10)
    assert found["embed"] == pytest.approx(5e9 / 1000 / 3600)
    work = 90 + 1000 + 50 + 10 + 5e9 / 3.6e6
    assert found["machines"] == math.ceil(work / (10 * 0.5 * 100))
    assert found["index"] == pytest.approx(2e7 / 500 / 3600)


def test_gpus_take_embedding_off_the_machines():
    wanted = Wanted(1_000_000, 10, hours=100, cores=10, gpu_tokens=10_000)
    found = capacity(wanted, ROUND)
    assert found["embed"] == pytest.approx(5e9 / 1e4 / 3600)
    assert found["gpus"] == math.ceil(found["embed"] / 100) == 2
    assert found["machines"] == math.ceil((100 + 50 + 10) / 500) == 1


def test_bytes_and_files_are_summed_over_the_tables():
    found = capacity(Wanted(1_000_000, 10), ROUND)
    assert found["table ledger"] == pytest.approx(1e6 * 1000 / 1e12)
    assert found["table chunks"] == pytest.approx(1e7 * 2 * 1000 / 1e12)
    assert found["stored"] == pytest.approx((3 * 1e9 + 6 * 2e10) / 1e12)
    buckets = math.ceil(1e6 / BUCKET_DOCUMENTS)
    assert found["files"] == 3 * buckets + 6 * max(buckets, math.ceil(2e10 / FILE_BYTES))


def test_what_more_machines_do_not_help_against_is_told():
    assert _limited(capacity(Wanted(1000, 1, hours=1), ROUND)) == []
    much = Wanted(1_000_000, 10, hours=0.1, cores=1)
    index, sources, machines = _limited(capacity(much, ROUND))
    assert "one writer" in index
    assert "at most 64 buckets" in sources
    assert "one run works in a bucket" in machines


def test_every_rate_is_measured():
    rates = [getattr(MEASURED, name) for name in ("tokens", "extract", "ocr", "chunk", "embed")]
    rates += [MEASURED.index, MEASURED.parallel]
    rates += [facts[n] for facts in (MEASURED.rows, MEASURED.row_bytes) for n in OF_DOCUMENTS]
    rates += [facts[n] for facts in (MEASURED.rows, MEASURED.row_bytes) for n in OF_PAGES]
    assert min(rates) > 0


def test_the_rates_of_a_lake_are_those_of_its_tables(flow):
    rates = own(flow.project, replace(ROUND, rows={}, row_bytes={}))
    assert rates is not None
    read = 4  # of five documents, each a page; one is broken
    rows = flow.lake.read("chunks", columns=["tokens"])
    assert rates.rows["chunks"] == rows.num_rows / read
    assert rates.rows["documents"] == 5 / read
    assert rates.tokens == sum(rows["tokens"].to_pylist()) / read
    assert min(rates.row_bytes[name] for name in ("documents", "ledger", *OF_PAGES)) > 0
    assert rates.extract > 0
    assert (rates.chunk, rates.embed, rates.index) == (ROUND.chunk, ROUND.embed, ROUND.index)
