"""When a source was last brought up to date: of every run, for one that finds nothing to do leaves
no other trace in the lake."""

from __future__ import annotations

from datetime import datetime

from doclake import clock, ids
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.runs import RUNS


def note(lake: Lake, source: str, run_id: str = "", ended: datetime | None = None) -> None:
    """Write that a run of a source ended well, now unless it is said; once for a run of Dagster,
    however often it is told. Raises `LakeError`."""
    ended = ended or clock.now()
    if run_id and lake.count_by(RUNS.name, ["run_id"], Scope(source, where={"run_id": [run_id]})):
        return
    run_id = run_id or ids.digest("run", source, ended.isoformat())
    lake.append(RUNS.name, RUNS.arrow([{"source": source, "run_id": run_id, "ended_at": ended}]))


def ends(lake: Lake, source: str) -> list[datetime]:
    """The ends of its good runs, oldest first. Raises `LakeError`."""
    rows = lake.read(RUNS.name, Scope(source), ["ended_at"])
    return [row["ended_at"] for row in RUNS.rows(rows.sort_by("ended_at"))]
