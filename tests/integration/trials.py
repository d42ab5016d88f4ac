"""Runs that die, meet each other or find no room: each trial tells what is wrong afterwards.

    python tests/integration/trials.py FOLDER [TRIAL ...]

A script and not a test, because its children are forked, which a process with the threads of
pytest's other tests must not do. Prints one JSON object: for each trial a list of problems.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

from children import Child, Ended, Kill, Limits, in_child, warm_up  # noqa: E402
from killing import CONFIG, SCENARIOS, Harness, ingest, make_project, state_in_child  # noqa: E402
from lake_state import differences  # noqa: E402
from little_source import FIRST  # noqa: E402

from doclake import settings as doclake_settings  # noqa: E402
from doclake.project import Project  # noqa: E402

SCENARIO = {scenario.name: scenario for scenario in SCENARIOS}
KILLS = (
    ("first", "after Lake.replace chunks"),
    ("revert", "after Lake.replace elements"),
    ("rebuild", "after IndexRows.replace"),
)


def killed(harness: Harness, scenario: str, point: str) -> list[str]:
    trial = harness.trial(SCENARIO[scenario], Kill(point))
    return trial.problems if trial.kills else [f"no run came to the point {point!r}"]


def one_source_by_two(harness: Harness) -> list[str]:
    """Each with a Dagster history of its own: what keeps them apart must be the lake."""
    with harness.start(SCENARIO["first"], "two") as project:
        homes = [project / "dagster", project / "dagster-2"]
        shutil.copytree(*homes)
        runs = [Child(partial(ingest, home=home), project) for home in homes]
        problems = [run.log for run in [child.wait() for child in runs] if run.code]
        return problems + _differences(harness, project, "first")


def two_sources_by_two(harness: Harness) -> list[str]:
    """Each ends as it would alone: the documents of both are the same."""
    notes = CONFIG["sources"]["notes"]
    both = {"notes": notes, "letters": notes}
    with harness.start(SCENARIO["first"], "sources") as project:
        make_project(project, FIRST(), sources=both)
        shutil.copytree(project / "dagster", project / "dagster-2")
        homes = {"notes": project / "dagster", "letters": project / "dagster-2"}
        runs = [
            Child(partial(ingest, home=home, sources=[source]), project)
            for source, home in homes.items()
        ]
        problems = [run.log for run in [child.wait() for child in runs] if run.code]
        found = state_in_child(doclake_settings.load(project), project, True)
        wanted = harness.wanted(SCENARIO["first"])
        for name in ("documents", "ledger", "elements", "chunks", "search_index"):
            if found.counts[name] != 2 * wanted.counts[name]:
                problems.append(f"{found.counts[name]} {name}, alone {wanted.counts[name]}")
        mine = {
            name: [row for row in rows if "('source', 'letters')" not in row]
            for name, rows in found.rows.items()
        }
        return problems + differences(replace(found, rows=mine), wanted)


def disk_full(harness: Harness) -> list[str]:
    """A file of more than a few kilobytes cannot be written while the source changes."""
    with harness.start(SCENARIO["change"], "full") as project:
        ended = in_child(_stages, project, limits=Limits(file_size=6_000))
        problems = _typed(ended, "LakeError")
        return problems + _good_run(harness, project, "change")


def disk_full_for_the_index(harness: Harness) -> list[str]:
    with harness.start(SCENARIO["rebuild"], "full") as project:
        work = SCENARIO["rebuild"].work
        ended = in_child(work, project, limits=Limits(file_size=8_000))
        problems = _typed(ended, "IndexStateError")
        return problems + _good_run(harness, project, "rebuild")


def permission_denied(harness: Harness) -> list[str]:
    with harness.start(SCENARIO["change"], "denied") as project:
        with _read_only(project / "lake"):
            ended = in_child(ingest, project, limits=Limits(obey_permissions=True))
        problems = _typed(ended, "cannot be written")
        return problems + _good_run(harness, project, "change")


def _stages(folder: Path) -> None:
    """Without Dagster, whose own history would not fit either."""
    from doclake.embed import Embedder
    from doclake.stages import chunks, documents, elements, embeddings, search_index
    from doclake.stages.context import StageContext

    project = Project.open(folder)
    context = StageContext.whole(project, "notes")
    for stage in (documents, elements, chunks):
        stage.run(context)
    embeddings.run(context, Embedder(project.settings.embedding))
    search_index.run(project)


def _typed(ended: Ended, what: str) -> list[str]:
    """The run must fail, say what failed and what to do."""
    wanted = [what, "Check free space and permissions of the lake, then run again."]
    missing = [text for text in wanted if text not in ended.log]
    problems = [f"the run does not say {text!r}: {ended.log[-1500:]}" for text in missing]
    return problems + ([] if ended.code == 1 else [f"exit code {ended.code}"])


def _good_run(harness: Harness, project: Path, scenario: str) -> list[str]:
    ended = in_child(ingest, project)
    problems = [] if ended.code == 0 else [ended.log[-1500:]]
    return problems + _differences(harness, project, scenario)


def _differences(harness: Harness, project: Path, scenario: str) -> list[str]:
    found = state_in_child(doclake_settings.load(project), project, True)
    return differences(found, harness.wanted(SCENARIO[scenario]))


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(path.stat().st_mode | 0o200)


def main() -> None:
    warm_up()
    harness = Harness(Path(sys.argv[1]))
    trials: dict[str, Callable[[Harness], list[str]]] = {
        f"{scenario}: {point}": partial(killed, scenario=scenario, point=point)
        for scenario, point in KILLS
    }
    others = (one_source_by_two, two_sources_by_two, disk_full, disk_full_for_the_index)
    trials |= {trial.__name__: trial for trial in (*others, permission_denied)}
    chosen = sys.argv[2:] or list(trials)
    print(json.dumps({name: trials[name](harness) for name in chosen}))


if __name__ == "__main__":
    main()
