"""How long one changed document takes to be found, with the daemon running and nobody watching.

    python benchmarks/latency.py [--documents 300] [--changes 5]

Writes small notes, lets the real Dagster daemon ingest them, then changes one note after another
and asks the search index until the new text is there. Prints a Markdown table: when each step had
ended, in seconds after the change, for each change, and the median.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
import psutil
import yaml

from doclake import ids
from doclake.errors import IndexStateError
from doclake.lake.scope import Scope
from doclake.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
BUCKETS = 8
ASK_SECONDS = 0.2
QUIET_SECONDS = 20
STAGES = ("documents", "elements", "chunks", "embeddings", "search_index")


def write(folder: Path, number: int, edition: int) -> None:
    text = f"Note {number}, edition {edition}: the price of item {number} is {number * 37}.\n"
    (folder / f"{number:05}.txt").write_text(text)


def make(folder: Path, documents: int) -> None:
    (folder / "documents").mkdir()
    for number in range(documents):
        write(folder / "documents", number, 0)
    source = {"url": "documents", "access": ["everyone"], "buckets": BUCKETS}
    config = {"sources": {"notes": source}, "lake": "lake"}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    (folder / "home").mkdir()
    instance = yaml.safe_load((REPOSITORY / "dagster.yaml").read_text())
    for beside_the_daemon in ("storage", "compute_logs", "local_artifact_storage"):
        del instance[beside_the_daemon]
    (folder / "home" / "dagster.yaml").write_text(yaml.safe_dump(instance))


@contextmanager
def daemon(folder: Path) -> Iterator[psutil.Process]:
    """The daemon of the folder's project, until the end."""
    environment = os.environ | {
        "DAGSTER_HOME": str(folder / "home"),
        "DOCLAKE_CONFIG": str(folder / "doclake.yaml"),
    }
    command = [str(Path(sys.executable).with_name("dagster-daemon")), "run"]
    command += ["-w", str(REPOSITORY / "workspace.yaml")]
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and of those that it started and awaited."""
    used = 0.0
    for member in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            used += sum(member.cpu_times()[:4])
    return used


def texts(project: Project, path: str) -> list[str]:
    """What the index holds of a document."""
    doc_id = ids.doc_id("notes", path)
    scope = Scope("notes", [ids.bucket(doc_id, BUCKETS)], {"doc_id": [doc_id]})
    try:
        state = project.index.state()
    except IndexStateError:
        return []
    if state is None:
        return []
    return project.index.rows(state, scope, ["text"])["text"].to_pylist()


def wait_until_found(project: Project, number: int, edition: int, seconds: float) -> None:
    ending = time.monotonic() + seconds
    while not any(f"edition {edition}:" in text for text in texts(project, f"{number:05}.txt")):
        if time.monotonic() > ending:
            raise TimeoutError(f"Note {number} was not found within {seconds:.0f} s.")
        time.sleep(ASK_SECONDS)


def wait_until_quiet(instance: dg.DagsterInstance) -> None:
    """Until no run has been there for a while."""
    quiet = time.monotonic()
    while time.monotonic() - quiet < QUIET_SECONDS:
        if any(not run.is_finished for run in instance.get_runs()):
            quiet = time.monotonic()
        time.sleep(1)


def steps(instance: dg.DagsterInstance, since: float) -> dict[str, float]:
    """When each step had ended, in seconds after `since`."""
    ended: dict[str, float] = {}
    key = dg.AssetKey(["notes", "files"])
    noticed = instance.fetch_materializations(key, limit=1).records
    ended["noticed"] = noticed[0].timestamp - since
    for record in reversed(instance.get_run_records()):
        if record.create_timestamp.timestamp() < since:
            continue
        run = record.dagster_run
        last = sorted(key.path[-1] for key in run.asset_selection or ())
        name = "index run" if last == ["search_index"] else "run"
        ended[f"{name} asked for"] = record.create_timestamp.timestamp() - since
        for event in instance.all_logs(run.run_id):
            kind = event.dagster_event_type
            if kind == dg.DagsterEventType.PIPELINE_STARTING:
                ended[f"{name} launched"] = event.timestamp - since
            elif kind == dg.DagsterEventType.PIPELINE_START:
                ended[f"{name} started"] = event.timestamp - since
            elif kind == dg.DagsterEventType.STEP_SUCCESS:
                step = event.step_key or ""
                stage = next((s for s in STAGES if step.endswith(s)), step)
                ended[stage] = event.timestamp - since
    return ended


def measure(
    folder: Path, documents: int, changes: int
) -> tuple[list[dict[str, float]], list[float]]:
    """Ends of the steps, and CPU seconds, of each change."""
    rows, used = [], []
    project = Project.open(folder)
    instance = dg.DagsterInstance.from_config(str(folder / "home"))
    rng = random.Random(1)
    with daemon(folder) as process:
        wait_until_found(project, documents - 1, 0, 900)
        wait_until_quiet(instance)
        for edition in range(1, changes + 1):
            number = rng.randrange(documents)
            time.sleep(rng.uniform(0, 15))  # at any moment between two ticks
            before, since = cpu(process), time.time()
            write(folder / "documents", number, edition)
            wait_until_found(project, number, edition, 300)
            found = time.time() - since
            used.append(cpu(process) - before)
            wait_until_quiet(instance)
            rows.append(steps(instance, since) | {"found": found})
    instance.dispose()
    return rows, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--changes", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-latency-") as root:
        make(Path(root), arguments.documents)
        rows, used = measure(Path(root), arguments.documents, arguments.changes)
    numbers = range(1, len(rows) + 1)
    print(f"| ended | {' | '.join(f'change {n}' for n in numbers)} | median |")
    print("|---" * (len(rows) + 2) + "|")
    for name in sorted(rows[0], key=lambda name: rows[0][name]):
        seconds = [row.get(name, float("nan")) for row in rows]
        cells = " | ".join(f"{value:.1f}" for value in seconds)
        print(f"| {name} | {cells} | {statistics.median(seconds):.1f} |")
    cells = " | ".join(f"{value:.1f}" for value in used)
    print(f"| CPU s until found | {cells} | {statistics.median(used):.1f} |")


if __name__ == "__main__":
    main()
