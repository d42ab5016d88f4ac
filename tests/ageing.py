"""Makes what a lake did look as if it had been done earlier: the clock of a test does not wait."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.registry import TABLES


def age(lake: Lake, by: timedelta, tables: tuple[str, ...] = tuple(TABLES)) -> None:
    """Every commit so far, and every moment in the rows of `documents`, `incidents`,
    `measurements` and `runs`."""
    for name in ("documents", "incidents", "measurements", "runs"):
        for (source,) in lake.count_by(name, ["source"]):
            _age_rows(lake, name, source, by)
    for name in tables:
        for log in sorted(Path(lake.table_url(name), "_delta_log").glob("*.json")):
            _age_log(log, by)


def _age_rows(lake: Lake, name: str, source: str, by: timedelta) -> None:
    rows = lake.read(name, Scope(source))
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            earlier = pc.subtract(rows[field.name], pa.scalar(by, pa.duration("us")))
            rows = rows.set_column(place, field, earlier)
    lake.replace(name, Scope(source), rows)


def _age_log(log: Path, by: timedelta) -> None:
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    for line in lines:
        if "commitInfo" in line:
            line["commitInfo"]["timestamp"] -= int(by.total_seconds() * 1000)
    then = log.stat().st_mtime - by.total_seconds()
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    os.utime(log, (then, then))
