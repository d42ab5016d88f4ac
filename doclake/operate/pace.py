"""How long each stage takes on this machine, learned from the last ingests.

A stage takes a start, once in a process that loads models and libraries, and seconds for each unit
of its work. Both begin as `STANDARD` has them and follow what was measured: the more measurements,
and the more they differ in size, the less the standard says.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate.rates import MEASURED
from doclake.settings import Settings
from doclake.tables.measurements import MEASUREMENTS, Measurement

RUN = "run"  # what Dagster takes around the stages of a run
KEPT = 200  # measurements of a source
RECENT = 40  # measurements of a stage that count
INGESTS = 5  # whose forecasts are compared with what they took
_PULL = 0.2  # of the standard, where 1 is that of a measurement
_LEAST = 1e-6
_QUICK = 1.0  # seconds; an error in less does not matter


@dataclass(frozen=True)
class Course:
    """Seconds of the start, seconds for each unit, and the most memory that was seen."""

    start: float
    rate: float
    memory_bytes: int | None = None
    measured: int = 0

    def seconds(self, amount: float, *, is_first: bool) -> float:
        return (self.start if is_first else 0.0) + self.rate * amount


_CORES = (os.cpu_count() or 1) * MEASURED.parallel
STANDARD = {
    "documents": Course(0.2, 0.0005),
    "elements": Course(1.0, 1 / _CORES),
    "chunks": Course(2.0, MEASURED.chunk * MEASURED.rows["chunks"] / MEASURED.tokens),
    "signals": Course(1.0, MEASURED.judge),
    "embeddings": Course(4.0, 1 / (MEASURED.embed * _CORES)),
    "search_index": Course(1.0, 1 / MEASURED.index),
    RUN: Course(1.0, 0.5),
}
"""Where nothing was measured: the rates of `doclake plan`, and starts as on a laptop."""


@dataclass(frozen=True)
class Pace:
    """The course of each stage, how many ingests told it, and by what share the forecasts of the
    last ones were off (None before the first)."""

    courses: Mapping[str, Course]
    ingests: int = 0
    error: float | None = None


def pace(lake: Lake, settings: Settings) -> Pace:
    """That of this machine, from the measurements of all sources."""
    rows = sorted(MEASUREMENTS.rows(lake.read("measurements")), key=lambda row: row["ended_at"])
    here = [row for row in rows if row["machine"] == machine(row["stage"], settings)]
    courses = {
        stage: _course(standard, [row for row in here if row["stage"] == stage][-RECENT:])
        for stage, standard in STANDARD.items()
    }
    ingests = list(dict.fromkeys(row["ingest_id"] for row in here))
    return Pace(courses, len(ingests), _error(here, ingests[-INGESTS:]))


def keep(lake: Lake, source: str, measured: Sequence[Measurement]) -> None:
    """Add measurements to those of a source and forget the oldest. One that is there stays."""
    known = MEASUREMENTS.rows(lake.read("measurements", Scope(source)))
    kept = {(row["run_id"], row["stage"]) for row in known}
    fresh = [row for row in measured if (row["run_id"], row["stage"]) not in kept]
    if fresh:
        rows = sorted([*known, *fresh], key=lambda row: row["ended_at"])[-KEPT:]
        lake.replace("measurements", Scope(source), MEASUREMENTS.arrow(rows))


def machine(stage: str, settings: Settings) -> str:
    """What a stage runs on, for people; that of embeddings with device and model."""
    embedding = settings.embedding
    used = f"{_processor()}, {os.cpu_count()} cores"
    if stage != "embeddings":
        return used
    return f"{used}, {embedding.backend}, {embedding.device}, {embedding.model}"


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration, UnicodeDecodeError):
        return platform.machine()


def _course(standard: Course, rows: Sequence[Measurement]) -> Course:
    """Least squares of the relative errors. As one more measurement counts the standard, made so
    much slower or faster that the sum of all is right."""
    if not rows:
        return standard
    import numpy as np

    expected = sum(standard.seconds(row["amount"], is_first=row["is_first"]) for row in rows)
    factor = max(sum(row["seconds"] for row in rows) / expected, _LEAST)
    standard = Course(standard.start * factor, standard.rate * factor)

    equations = [[_PULL, 0.0], [0.0, _PULL]]
    wanted = [_PULL, _PULL]
    for row in rows:
        weight = 1 / (row["seconds"] + _QUICK)
        start = standard.start if row["is_first"] else 0.0
        equations.append([weight * start, weight * standard.rate * row["amount"]])
        wanted.append(weight * row["seconds"])
    matrix, right = np.array(equations), np.array(wanted)
    (start, rate), *_ = np.linalg.lstsq(matrix, right, rcond=None)
    if start < 0 or rate < 0:  # the other one alone explains it best
        alone = matrix.T @ right / (matrix**2).sum(axis=0)
        start, rate = (0.0, alone[1]) if start < 0 else (alone[0], 0.0)
    return Course(
        float(start) * standard.start,
        float(rate) * standard.rate,
        max(row["memory_bytes"] or 0 for row in rows) or None,
        len(rows),
    )


def _error(rows: Iterable[Measurement], ingests: Sequence[str]) -> float | None:
    """Mean share by which the seconds of these ingests differed from what was foreseen."""
    took, foreseen = dict.fromkeys(ingests, 0.0), dict.fromkeys(ingests, 0.0)
    for row in rows:
        if row["ingest_id"] in took:
            took[row["ingest_id"]] += row["seconds"]
            foreseen[row["ingest_id"]] += row["foreseen_seconds"]
    errors = [abs(foreseen[one] - took[one]) / took[one] for one in ingests if took[one]]
    return sum(errors) / len(errors) if errors else None
