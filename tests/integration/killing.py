"""Running an ingest in a process of its own and killing it with SIGKILL.

Two ways: at a *commit point*, before or after the n-th call that changes the lake or the index,
or after a time. The calls are wrapped in the child; production code knows nothing of it. Children
are forked from a process that has imported everything heavy and started no thread of its own.
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lake_state import LakeState, differences, state_of
from little_source import FIRST, SECOND, lay_out

from doclake import settings as doclake_settings
from doclake.settings import Settings

WARM = (  # not lancedb, which starts a thread
    "dagster._core.execution.api",
    "pipelines.definitions",
    "pipelines.ingest",
    "great_expectations",
    "sentence_transformers",
    "tokenizers",
    "pandas",
    "matplotlib.figure",
    "deltalake",
)
CONFIG = {
    "sources": {"notes": {"url": "documents", "access": ["everyone"], "buckets": 4}},
    "lake": "lake",
    "embedding": {"model": "all-MiniLM-L6-v2", "device": "cpu"},
    "processing": {"workers": 1, "batch_documents": 3},  # several commits in a stage
}
Work = Callable[[Path], None]


def warm_up() -> None:
    """Import what every child needs, before the first fork."""
    os.environ["DO_NOT_TRACK"] = "1"
    for name in WARM:
        __import__(name)


def make_project(folder: Path, files: dict[str, bytes], **changes: object) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "doclake.yaml").write_text(yaml.safe_dump(CONFIG | changes))
    lay_out(folder / "documents", files)
    return doclake_settings.load(folder)


def ingest(folder: Path) -> None:
    """The real job of every source, with its history in the project's folder."""
    import dagster as dg

    from pipelines.ingest import ingest as run

    settings = doclake_settings.load(folder)
    home = folder / "dagster"
    home.mkdir(exist_ok=True)
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        for outcome in run(settings, list(settings.sources), instance):
            if not outcome.success:
                raise SystemExit(outcome.error)


def rebuild(folder: Path) -> None:
    from doclake.lake import Lake
    from doclake.stages import search_index

    settings = doclake_settings.load(folder)
    search_index.run(Lake(settings.lake_url), settings.embedding, rebuild=True)


def maintain(folder: Path) -> None:
    from doclake import maintenance
    from doclake.lake import Lake

    settings = doclake_settings.load(folder)
    maintenance.run(Lake(settings.lake_url), settings)


@dataclass(frozen=True)
class Kill:
    """When a run dies: at a commit point, counted from 0, or after a time."""

    point: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Ended:
    """How a child ended: `points` are the commit points it reached."""

    killed: bool
    code: int
    seconds: float
    points: list[str]


def in_child(
    work: Work,
    folder: Path,
    kill: Kill | None = None,
    *,
    file_size: int | None = None,
) -> Ended:
    """Fork, do the work, and die as `kill` says.

    `file_size` is the most bytes the child may write to one file: what a full disk looks like.
    """
    trace, log = folder / "points.log", folder / "child.log"
    trace.write_bytes(b"")
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _become_child(work, folder, trace, log, kill.point if kill else None, file_size)
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if kill and kill.seconds is not None and time.monotonic() - started > kill.seconds:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            break
        time.sleep(0.005)
    code = os.waitstatus_to_exitcode(status)
    points = trace.read_text().splitlines()
    return Ended(code == -signal.SIGKILL, code, time.monotonic() - started, points)


def _become_child(
    work: Work, folder: Path, trace: Path, log: Path, kill_at: int | None, file_size: int | None
) -> None:
    code = 1
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if file_size is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails with EFBIG
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        _wrap_commits(os.open(trace, os.O_WRONLY | os.O_APPEND), kill_at)
        work(folder)
        code = 0
    except SystemExit as exit_:
        print(exit_.code, file=sys.stderr, flush=True)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wrap_commits(trace: int, kill_at: int | None) -> None:
    """Write down every commit point, and die at the `kill_at`-th."""
    reached = 0

    def point(name: str) -> None:
        nonlocal reached
        os.write(trace, f"{name}\n".encode())
        if reached == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    for owner, method, label in _committing():
        setattr(owner, method, _wrapped(getattr(owner, method), label, point))


def _wrapped(call: Callable[..., Any], label: str, point: Callable[[str], None]) -> Any:
    @functools.wraps(call)
    def wrapper(*arguments: Any, **options: Any) -> Any:
        table = f" {arguments[1]}" if label.startswith("Lake.") else ""
        point(f"before {label}{table}")
        result = call(*arguments, **options)
        point(f"after {label}{table}")
        return result

    return wrapper


def _committing() -> Iterator[tuple[Any, str, str]]:
    """Every call that changes what is stored."""
    from lancedb.merge import LanceMergeInsertBuilder
    from lancedb.table import LanceTable

    from doclake.index import SearchIndex
    from doclake.lake import Lake

    for method in ("replace", "delete", "compact", "vacuum"):
        yield Lake, method, f"Lake.{method}"
    for method in ("create", "save", "drop_others", "optimize"):
        yield SearchIndex, method, f"SearchIndex.{method}"
    yield LanceTable, "delete", "index delete"
    yield LanceMergeInsertBuilder, "execute", "index merge_insert"


@dataclass(frozen=True)
class Scenario:
    """A lake over `before` (nothing if None), then `work` killed over `during`, then a good run
    over `after`. The result must be what an undisturbed run over `after` makes."""

    name: str
    about: str
    before: Callable[[], dict[str, bytes]] | None
    during: Callable[[], dict[str, bytes]]
    after: Callable[[], dict[str, bytes]]
    work: Work = ingest

    @property
    def same_history(self) -> bool:
        """Whether even tombstones must agree with the undisturbed lake."""
        return self.during is self.after


SCENARIOS = (
    Scenario("first", "first ingest", None, FIRST, FIRST),
    Scenario(
        "change", "edits, a move, deletions, a failure mended, a new one", FIRST, SECOND, SECOND
    ),
    Scenario("revert", "the same, taken back before the next run", FIRST, SECOND, FIRST),
    Scenario(
        "vanish", "first ingest, and the source changes before the next run", None, FIRST, SECOND
    ),
    Scenario("rebuild", "`doclake index rebuild`", FIRST, FIRST, FIRST, rebuild),
    Scenario("maintain", "maintenance", SECOND, SECOND, SECOND, maintain),
)


@dataclass(frozen=True)
class Trial:
    """Runs killed one after the other, a good one, and what came of it.

    `kills` tells for each run where it died; a run that ended before its moment is not in it.
    """

    scenario: str
    kills: list[str]
    problems: list[str]
    seconds: float


class Harness:
    """Undisturbed lakes to start from and to compare with, made once under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lakes: dict[tuple[str, ...], Path] = {}
        self._states: dict[tuple[str, ...], LakeState] = {}
        self.points: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}

    def measure(self, scenario: Scenario) -> list[str]:
        """The commit points of the scenario's work, undisturbed."""
        if scenario.name not in self.points:
            with self._start(scenario, "measure") as project:
                ended = in_child(scenario.work, project)
                assert ended.code == 0, (project / "child.log").read_text()
                self.points[scenario.name] = ended.points
                self.seconds[scenario.name] = ended.seconds
        return self.points[scenario.name]

    def trial(self, scenario: Scenario, *kills: Kill) -> Trial:
        started = time.monotonic()
        wanted = self._wanted(scenario)
        with self._start(scenario, "trial") as project:
            ends = [(kill, in_child(scenario.work, project, kill)) for kill in kills]
            lay_out(project / "documents", scenario.after())
            second = in_child(ingest, project)
            problems = [] if second.code == 0 else [(project / "child.log").read_text()[-2000:]]
            settings = doclake_settings.load(project)
            found = _state_in_child(settings, project, scenario.same_history)
            problems += differences(found, wanted)
        died = [_where(kill, ended) for kill, ended in ends if ended.killed]
        return Trial(scenario.name, died, problems, time.monotonic() - started)

    def _wanted(self, scenario: Scenario) -> LakeState:
        steps = [moment for moment in (scenario.before, scenario.during) if moment is not None]
        history = steps if scenario.same_history else [scenario.after]
        key = (*(moment.__name__ for moment in history), str(scenario.same_history))
        if key not in self._states:
            settings = doclake_settings.load(self._lake(history))
            state = _state_in_child(settings, self._lake(history), scenario.same_history)
            assert not state.findings, state.findings
            self._states[key] = state
        return self._states[key]

    def _lake(self, history: list[Callable[[], dict[str, bytes]]]) -> Path:
        """A project that went through these moments undisturbed."""
        moments = list(dict.fromkeys(history))
        key = tuple(moment.__name__ for moment in moments)
        if key not in self._lakes:
            project = self.folder / "-".join(["undisturbed", *key])
            if len(moments) > 1:
                shutil.copytree(self._lake(moments[:-1]), project)
            make_project(project, moments[-1]())
            ended = in_child(ingest, project)
            assert ended.code == 0, (project / "child.log").read_text()
            self._lakes[key] = project
        return self._lakes[key]

    def _history(self) -> Path:
        """An empty Dagster history: making one takes longer than copying it."""
        home = self.folder / "blank" / "dagster"
        if not home.exists():

            def make(folder: Path) -> None:
                import dagster as dg

                dg.DagsterInstance.local_temp(str(folder / "dagster")).dispose()

            home.mkdir(parents=True)
            in_child(make, home.parent)
        return home

    @contextmanager
    def _start(self, scenario: Scenario, name: str) -> Iterator[Path]:
        """The scenario's project just before its work."""
        project = self.folder / name
        shutil.rmtree(project, ignore_errors=True)
        if scenario.before is not None:
            shutil.copytree(self._lake([scenario.before]), project)
        else:
            shutil.copytree(self._history(), project / "dagster")
        make_project(project, scenario.during())
        yield project
        shutil.rmtree(project)


def _where(kill: Kill, ended: Ended) -> str:
    last = ended.points[-1] if ended.points else "before any commit"
    return last if kill.point is not None else f"at {kill.seconds:.2f} s, last point: {last}"


def _state_in_child(settings: Settings, folder: Path, tombstones: bool) -> LakeState:
    """Read in a child, so that this process never starts the threads of Delta and Lance."""
    import pickle

    kept = folder / "state.pickle"

    def read(_: Path) -> None:
        kept.write_bytes(pickle.dumps(state_of(settings, tombstones=tombstones)))

    ended = in_child(read, folder)
    assert ended.code == 0, (folder / "child.log").read_text()
    state: LakeState = pickle.loads(kept.read_bytes())
    return state
