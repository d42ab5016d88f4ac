"""Kills on a Ray cluster of two nodes: an actor, a node, the driver, each at a random moment.

    python tests/integration/cluster_trials.py FOLDER KILLS [SEED]

The driver runs the stages `documents` and `elements` over a small source in a process of its own.
After each kill a good run follows, and the tables must be those of an undisturbed local run.
Prints one JSON object: how often each was killed, and what is wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

from lake_state import state_of  # noqa: E402
from little_source import FIRST, lay_out  # noqa: E402

from doclake.workspaces.workspace import Workspace  # noqa: E402

COPIES = 8  # of the little source, so that there is something to be killed in the midst of
TABLES = ("documents", "elements", "ledger", "metadata")
PATIENCE = 120.0  # seconds until something that must happen counts as missing
ACTOR = "ray::ExtractingActor"
DRIVER = """
import sys
from doclake.project import Project
from doclake.stages import documents, elements
from doclake.stages.context import StageContext
context = StageContext.whole(Project.open(sys.argv[1]), "notes")
documents.run(context)
report = elements.run(context)
sys.exit(report.failures != [] and any(f.error == "parser_crashed" for f in report.failures))
"""
Rows = dict[str, list[str]]


def make_project(folder: Path, address: str | None) -> Path:
    ray = {"address": address, "wait": "2m"}
    config = {
        "sources": {"notes": {"url": "../documents", "access": ["everyone"], "buckets": 4}},
        "lake": "lake",
        "processing": {
            "workers": 1,
            "batch_documents": 16,
            "retry_after": "0s",
            **({"executor": "ray", "ray": ray} if address else {}),
        },
    }
    folder.mkdir()
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    return folder


def driver(project: Path) -> subprocess.Popen[bytes]:
    log = (project / "log").open("ab")
    command = [sys.executable, "-c", DRIVER, str(project)]
    return subprocess.Popen(command, stdout=log, stderr=log, cwd=REPOSITORY)


def rows_of(project: Path) -> Rows:
    from doclake import settings

    state = state_of(settings.load(project), history=False)
    return {table: state.rows[table] for table in TABLES}


class TwoNodes:
    """The head, where drivers connect, and a second node that may be killed."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self._folder = tempfile.mkdtemp(prefix="dlr-")  # short: it becomes part of socket names
        first = self._node() | {"include_dashboard": False, "temp_dir": self._folder}
        self._cluster = Cluster(initialize_head=True, head_node_args=first)
        self.address: str = self._cluster.address
        self.heal()

    @staticmethod
    def _node() -> dict[str, int]:
        return {"num_cpus": 1, "object_store_memory": 100_000_000}

    def heal(self) -> None:
        """Let there be two nodes."""
        if len(self._cluster.list_all_nodes()) < 2:
            self.second = self._cluster.add_node(**self._node())

    def kill_second(self) -> bool:
        """SIGKILL to its raylet; its actors end with it."""
        self._cluster.remove_node(self.second, allow_graceful=False)
        return True

    def close(self) -> None:
        self._cluster.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)


def actors() -> list[psutil.Process]:
    return [p for p in psutil.process_iter() if _command(p).startswith(ACTOR)]


def kill_an_actor(chance: random.Random) -> bool:
    """One that is there; False if all are done."""
    living = actors()
    if living:
        chance.choice(living).kill()
    return bool(living)


def running(temporary: Path) -> list[str]:
    """Actors, and what their guards started. They end a moment after a run does."""
    return [_command(p)[:80] for p in psutil.process_iter() if _is_of_a_run(p, temporary)]


def _is_of_a_run(process: psutil.Process, temporary: Path) -> bool:
    command = _command(process)
    return command.startswith(ACTOR) or ("guard.boot" in command and str(temporary) in command)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return ""


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def trial(folder: Path, nodes: TwoNodes, what: str, chance: random.Random) -> Iterator[str]:
    """One kill of `what`; yields what is wrong afterwards."""
    project = make_project(folder / "project", nodes.address)
    run = driver(project)
    if not until(lambda: bool(actors()) or run.poll() is not None):
        yield "no actor came to life"
    time.sleep(chance.uniform(0, 4))
    kill = {
        "actor": lambda: kill_an_actor(chance),
        "node": nodes.kill_second,
        "driver": lambda: run.poll() is None and (run.kill() or True),
    }
    hit = kill[what]()
    code = run.wait(PATIENCE)
    if what != "driver" and code:
        yield f"the run ended with {code}: {(project / 'log').read_text()[-1500:]}"
    temporary = Path(tempfile.gettempdir())
    if not until(lambda: not running(temporary)):
        yield f"left running: {running(temporary)}"
    nodes.heal()
    code = driver(project).wait(PATIENCE)
    if code:
        yield f"the good run ended with {code}: {(project / 'log').read_text()[-1500:]}"
    Workspace().close()  # sweeps what a node that died left, as the next extraction there does
    if not until(lambda: not running(temporary) and not list(temporary.glob("doclake-*"))):
        yield f"left behind: {running(temporary)}, {list(temporary.glob('doclake-*'))}"
    wanted, found = rows_of(folder / "undisturbed"), rows_of(project)
    for table in TABLES:
        lost, extra = set(wanted[table]) - set(found[table]), set(found[table]) - set(wanted[table])
        if found[table] != wanted[table]:
            yield f"{table}: {len(lost)} lost, {len(extra)} extra {sorted(lost)[:1]}"
    if not hit:
        yield "missed"
    shutil.rmtree(project)


def main() -> None:
    folder, kills = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    files = {f"{n}/{name}": data for n in range(COPIES) for name, data in FIRST().items()}
    lay_out(folder / "documents", files)
    temporary = folder / "tmp"
    (temporary / "ray").mkdir(parents=True)  # where a cluster of tests writes its address
    os.environ |= {"TMPDIR": str(temporary), "RAY_AUTH_MODE": "disabled", "DO_NOT_TRACK": "1"}
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(REPOSITORY)}
    nodes = TwoNodes()
    tempfile.tempdir = str(temporary)
    killed, problems, missed = Counter(), {}, 0
    try:
        if driver(make_project(folder / "undisturbed", None)).wait(PATIENCE):
            raise SystemExit((folder / "undisturbed" / "log").read_text())
        while killed.total() < kills:
            what = chance.choice(("actor", "node", "driver"))
            told = list(trial(folder, nodes, what, chance))
            if "missed" in told:
                told.remove("missed")
                missed += 1
            else:
                killed[what] += 1
            if told:
                problems[f"{killed.total()}: {what}"] = told
            print(killed.total(), what, told or "identical", file=sys.stderr, flush=True)
    finally:
        nodes.close()
    print(json.dumps({"killed": killed, "missed": missed, "problems": problems}))


if __name__ == "__main__":
    main()
