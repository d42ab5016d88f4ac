"""Runs of the command line whose process was killed.

Dagster takes such a run for one that goes on: it keeps its slot of a pool and its place among the
runs of a source, so the next one would wait for ever. Each carries a tag that names its process:
whoever starts or asks for runs on this machine ends those whose process is gone.
"""

import os
import socket
from pathlib import Path

import dagster as dg

PROCESS_TAG = "doclake/process"


def process_tag(pid: int | None = None) -> dict[str, str]:
    """Names a process so that no later one has the same name; that of this process by default."""
    pid = pid or os.getpid()
    return {PROCESS_TAG: f"{socket.gethostname()} {pid} {_started(pid)}"}


def end_killed_runs(instance: dg.DagsterInstance) -> list[str]:
    """The runs that were ended: cancelled, as if a person had interrupted them."""
    at_work = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    ended = []
    for run in instance.get_runs(at_work):
        if _is_killed(run.tags.get(PROCESS_TAG, "")):
            instance.report_run_canceled(run, "Its process was killed.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            ended.append(run.run_id)
    return ended


def _is_killed(process: str) -> bool:
    host, _, rest = process.partition(" ")
    pid, _, started = rest.partition(" ")
    return host == socket.gethostname() and bool(started) and _started(int(pid)) != started


def _started(pid: int) -> str:
    """When the kernel started it, in ticks; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
