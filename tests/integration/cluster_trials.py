"""Kills on a Ray cluster of two nodes, each at a random moment: an actor, a node, the driver, the
head.

    python tests/integration/cluster_trials.py FOLDER KILLS [SEED]

The driver ingests a small source in a process of its own; a kill comes while actors extract, or
while they embed. After each kill a good run follows, and lake and index must hold what an
undisturbed local run leaves there. Prints one JSON object: how often each was killed, and what is
wrong.
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
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import psutil
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

from lake_state import LakeState, differences, state_of  # noqa: E402
from little_source import FIRST, lay_out  # noqa: E402

from doclake.workspaces.workspace import Workspace  # noqa: E402

COPIES = 8  # of the little source, so that there is something to be killed in the midst of
STORIES = 30  # documents whose texts are all different: without them there is little to embed
PATIENCE = 180.0  # seconds until something that must happen counts as missing
ACTORS = {"extraction": "ray::ExtractingActor", "embedding": "ray::EmbeddingActor"}
TARGETS = ("actor", "node", "driver", "head")
DRIVER = """
import sys
from doclake.cluster.connection import held
from doclake.project import Project
from doclake.stages.ingest import ingest
with held():
    reports = ingest(Project.open(sys.argv[1]), "notes")
failures = [failure for report in reports for failure in report.failures]
sys.exit(any(failure.error == "parser_crashed" for failure in failures))
"""


def make_project(folder: Path, address: str | None) -> Path:
    folder.mkdir()
    (folder / "doclake.yaml").write_text(settings_of(address))
    return folder


def settings_of(address: str | None) -> str:
    ray = {"address": address, "wait": "2m"}
    config = {
        "sources": {"notes": {"url": "../documents", "access": ["everyone"], "buckets": 4}},
        "lake": "lake",
        "embedding": {
            "model": "all-MiniLM-L6-v2",
            "device": "cpu",
            "dtype": "float32",
            "batch_tokens": 256,
            **({"backend": "ray"} if address else {}),
        },
        "processing": {
            "workers": 1,
            "batch_documents": 16,
            "retry_after": "0s",
            **({"executor": "ray", "ray": ray} if address else {}),
        },
    }
    return yaml.safe_dump(config)


def driver(project: Path) -> subprocess.Popen[bytes]:
    log = (project / "log").open("ab")
    command = [sys.executable, "-c", DRIVER, str(project)]
    return subprocess.Popen(command, stdout=log, stderr=log, cwd=REPOSITORY)


def lake_of(project: Path) -> LakeState:
    from doclake import settings

    return state_of(settings.load(project), history=False)


class TwoNodes:
    """The head, where drivers connect, and a second node that may be killed."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
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
        """Let there be two nodes, and a head."""
        if not self._cluster.head_node.any_processes_alive():
            self.close()
            self._begin()
        if len(self._cluster.list_all_nodes()) < 2:
            self.second = self._cluster.add_node(**self._node())

    def kill_second(self) -> bool:
        """SIGKILL to its raylet; its actors end with it."""
        self._cluster.remove_node(self.second, allow_graceful=False)
        return True

    def kill_head(self) -> bool:
        """SIGKILL to all that runs on it but the driver."""
        self._cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
        return True

    def close(self) -> None:
        self._cluster.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)


def actors(names: Collection[str]) -> list[psutil.Process]:
    """Those of this cluster: the temporary folder of their node is its own."""
    named = [p for p in psutil.process_iter() if _command(p).startswith(tuple(names))]
    return [p for p in named if _is_ours(p)]


def _is_ours(process: psutil.Process) -> bool:
    try:
        return process.environ().get("TMPDIR") == os.environ["TMPDIR"]
    except psutil.Error:  # it has ended
        return False


def kill_an_actor(name: str, chance: random.Random) -> bool:
    """One that is there; False if all are done."""
    living = actors([name])
    if living:
        chance.choice(living).kill()
    return bool(living)


def running(temporary: Path) -> list[str]:
    """Actors, and what their guards started. They end a moment after a run does."""
    guards = [p for p in psutil.process_iter() if _is_guard(p, temporary)]
    return [_command(p)[:80] for p in [*actors(ACTORS.values()), *guards]]


def _is_guard(process: psutil.Process, temporary: Path) -> bool:
    command = _command(process)
    return "guard.boot" in command and str(temporary) in command


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
    """One kill of `what` in the midst of a stage; yields what is wrong afterwards."""
    target, stage = what.split(" in ")
    project = make_project(folder / "project", nodes.address)
    run = driver(project)
    if not until(lambda: bool(actors([ACTORS[stage]])) or run.poll() is not None):
        yield "no actor came to life"
    time.sleep(chance.uniform(0, 4))
    kill = {
        "actor": lambda: kill_an_actor(ACTORS[stage], chance),
        "node": nodes.kill_second,
        "driver": lambda: run.poll() is None and (run.kill() or True),
        "head": lambda: run.poll() is None and nodes.kill_head(),
    }
    hit = kill[target]()
    code = run.wait(PATIENCE)
    if target in ("actor", "node") and code:
        yield f"the run ended with {code}: {(project / 'log').read_text()[-1500:]}"
    yield from _afterwards(folder, project, nodes)
    if not hit:
        yield "missed"
    shutil.rmtree(project)


def _afterwards(folder: Path, project: Path, nodes: TwoNodes) -> Iterator[str]:
    """What is wrong when the run has ended, and after a good one."""
    temporary = Path(tempfile.gettempdir())
    if not until(lambda: not running(temporary)):
        yield f"left running: {running(temporary)}"
    nodes.heal()
    (project / "doclake.yaml").write_text(settings_of(nodes.address))
    code = driver(project).wait(PATIENCE)
    if code:
        yield f"the good run ended with {code}: {(project / 'log').read_text()[-1500:]}"
    Workspace().close()  # sweeps what a node that died left, as the next extraction there does
    if not until(lambda: not running(temporary) and not list(temporary.glob("doclake-*"))):
        yield f"left behind: {running(temporary)}, {list(temporary.glob('doclake-*'))}"
    yield from differences(lake_of(project), lake_of(folder / "undisturbed"))


def _story(number: int) -> bytes:
    parts = (f"# Part {n} of {number}\n\n" + f"Line {number} {n}. " * 40 for n in range(6))
    return "\n\n".join(parts).encode()


def main() -> None:
    folder, kills = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    files = {f"{n}/{name}": data for n in range(COPIES) for name, data in FIRST().items()}
    files |= {f"stories/{n}.md": _story(n) for n in range(STORIES)}
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
            what = f"{chance.choice(TARGETS)} in {chance.choice(list(ACTORS))}"
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
