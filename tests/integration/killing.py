"""Scenarios of a run that dies, and the harness that compares what is left after the next run."""

from __future__ import annotations

import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from children import Ended, Kill, Work, in_child
from lake_state import LakeState, differences, state_of
from little_source import FIRST, SECOND, lay_out

from doclake import settings as doclake_settings
from doclake.project import Project
from doclake.settings import Settings
from tests.copied import adopt

CONFIG = {
    "sources": {"notes": {"url": "documents", "access": ["everyone"], "buckets": 4}},
    "lake": "lake",
    "embedding": {"model": "all-MiniLM-L6-v2", "device": "cpu"},
    "processing": {"workers": 1, "batch_documents": 3},  # several commits in a stage
}


def make_project(folder: Path, files: dict[str, bytes], **changes: object) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "doclake.yaml").write_text(yaml.safe_dump(CONFIG | changes))
    lay_out(folder / "documents", files)
    return doclake_settings.load(folder)


def ingest(folder: Path, sources: Sequence[str] = (), home: Path | None = None) -> None:
    """The real job of the sources (or of all), with its history in `home`."""
    import dagster as dg

    from doclake_dagster.pipelines.definitions import source_jobs
    from doclake_dagster.pipelines.run_sources import ingest as run

    project = Project.open(folder)
    jobs = source_jobs(project, sources or project.settings.sources)
    home = home or folder / "dagster"
    home.mkdir(exist_ok=True)
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        for outcome in run(project, jobs, instance):
            if not outcome.success:
                raise SystemExit(outcome.error)


def rebuild(folder: Path) -> None:
    from doclake.stages import search_index

    search_index.run(Project.open(folder), rebuild=True)


def maintain(folder: Path) -> None:
    from doclake.operate import maintenance

    maintenance.run(Project.open(folder))


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
        """Whether even tombstones and attempts must agree with the undisturbed lake."""
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
        self.window: dict[str, tuple[float, float]] = {}  # seconds of the first point and the end

    def measure(self, scenario: Scenario) -> list[str]:
        """The commit points of the scenario's work, undisturbed."""
        if scenario.name not in self.points:
            with self.start(scenario, "measure") as project:
                ended = in_child(scenario.work, project)
                assert ended.code == 0, ended.log
                self.points[scenario.name] = ended.points
                self.window[scenario.name] = (ended.first, ended.seconds)
        return self.points[scenario.name]

    def trial(self, scenario: Scenario, *kills: Kill) -> Trial:
        started = time.monotonic()
        wanted = self.wanted(scenario)
        with self.start(scenario, "trial") as project:
            ends = [(kill, in_child(scenario.work, project, kill)) for kill in kills]
            lay_out(project / "documents", scenario.after())
            second = in_child(ingest, project)
            problems = [] if second.code == 0 else [second.log[-2000:]]
            settings = doclake_settings.load(project)
            found = state_in_child(settings, project, scenario.same_history)
            problems += differences(found, wanted)
        died = [_where(kill, ended) for kill, ended in ends if ended.killed]
        return Trial(scenario.name, died, problems, time.monotonic() - started)

    def wanted(self, scenario: Scenario) -> LakeState:
        """What the lake must hold after the scenario."""
        steps = [moment for moment in (scenario.before, scenario.during) if moment is not None]
        history = steps if scenario.same_history else [scenario.after]
        key = (*(moment.__name__ for moment in history), str(scenario.same_history))
        if key not in self._states:
            settings = doclake_settings.load(self._lake(history))
            state = state_in_child(settings, self._lake(history), scenario.same_history)
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
                _copy(self._lake(moments[:-1]), project)
            make_project(project, moments[-1]())
            ended = in_child(ingest, project)
            assert ended.code == 0, ended.log
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
    def start(self, scenario: Scenario, name: str) -> Iterator[Path]:
        """The scenario's project just before its work."""
        project = self.folder / name
        shutil.rmtree(project, ignore_errors=True)
        if scenario.before is not None:
            _copy(self._lake([scenario.before]), project)
        else:
            shutil.copytree(self._history(), project / "dagster")
        make_project(project, scenario.during())
        yield project
        shutil.rmtree(project)


def _copy(folder: Path, to: Path) -> None:
    shutil.copytree(folder, to)
    ended = in_child(adopt, to)
    assert ended.code == 0, ended.log


def _where(kill: Kill, ended: Ended) -> str:
    last = ended.points[-1] if ended.points else "before any commit"
    return last if kill.point is not None else f"at {kill.seconds:.2f} s, last point: {last}"


def state_in_child(settings: Settings, folder: Path, history: bool) -> LakeState:
    """Read in a child, so that this process never starts the threads of Delta and Lance."""
    kept = folder / "state.pickle"

    def read(_: Path) -> None:
        kept.write_bytes(pickle.dumps(state_of(settings, history=history)))

    ended = in_child(read, folder)
    assert ended.code == 0, ended.log
    state: LakeState = pickle.loads(kept.read_bytes())
    return state
