"""The real Dagster daemon with nobody watching: work follows the change, nothing runs twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import psutil
import pytest
import yaml

from doclake import ids
from doclake.health import balance, counts
from doclake.project import Project
from doclake.stages.plans.undone import undone
from tests.flow import MODEL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

DOCUMENTS = 500
BUCKETS = 8
STAGES = {
    f"notes/{stage}" for stage in ("documents", "elements", "chunks", "signals", "embeddings")
}
SETTLED = 45  # longer than any sensor's interval: what would start has started by then


class Unattended:
    """A project of notes, an instance of its own, and a daemon that can be restarted."""

    def __init__(self, folder: Path, repository: Path, documents: int, **changes: object) -> None:
        self.folder, self.repository = folder, repository
        self.count = documents
        self.documents = folder / "documents"
        self.home = folder / "home"
        for made in (self.documents, self.home):
            made.mkdir()
        for number in range(documents):
            self.write(number, f"Note {number}: the price of item {number} is {number * 37}.")
        self.configure(**changes)
        instance = yaml.safe_load((repository / "dagster.yaml").read_text())
        for beside_the_daemon in ("storage", "compute_logs", "local_artifact_storage"):
            del instance[beside_the_daemon]
        (self.home / "dagster.yaml").write_text(yaml.safe_dump(instance))
        self.instance = dg.DagsterInstance.from_config(str(self.home))
        self.process: subprocess.Popen[bytes] | None = None

    def write(self, number: int, text: str) -> None:
        (self.documents / f"{number:03}.txt").write_text(text + "\n")

    def configure(self, **changes: object) -> None:
        source = {"url": "documents", "access": ["everyone"], "buckets": BUCKETS}
        config = {"sources": {"notes": source}, "lake": "lake", "embedding": MODEL} | changes
        (self.folder / "doclake.yaml").write_text(yaml.safe_dump(config))

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCLAKE_")}
        environment |= {
            "DAGSTER_HOME": str(self.home),
            "DOCLAKE_CONFIG": str(self.folder / "doclake.yaml"),
        }
        workspace = str(self.repository / "workspace.yaml")
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("dagster-daemon"), "run", "-w", workspace],
                env=environment,
                cwd=self.repository,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def runs(self) -> list[dg.DagsterRun]:
        return self.instance.get_runs()

    def settled(self, since: int, least: int = 2) -> list[dg.DagsterRun]:
        """The runs after the first `since`, once there are so many and none came for a while."""
        deadline = time.monotonic() + 600
        count, quiet = -1, time.monotonic()
        while time.monotonic() - quiet < SETTLED:
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail((self.folder / "daemon.log").read_text()[-4000:])
            time.sleep(1)
            runs = self.runs()
            unfinished = [run for run in runs if not run.is_finished]
            if len(runs) != count or unfinished or len(runs) < since + least:
                count, quiet = len(runs), time.monotonic()
        new = runs[: len(runs) - since]
        assert all(run.is_success for run in new), (self.folder / "daemon.log").read_text()[-4000:]
        return new

    def indexed(self) -> int:
        found = counts.total(balance.status(Project.open(self.folder)))
        return found.indexed if found.balanced else -1


@pytest.fixture(scope="module")
def unattended(tmp_path_factory, request) -> Iterator[Unattended]:
    folder = tmp_path_factory.mktemp("unattended")
    project = Unattended(folder, request.config.rootpath, DOCUMENTS)
    project.start()
    try:
        yield project
    finally:
        project.stop()
        project.instance.dispose()


def _assets(run: dg.DagsterRun) -> set[str]:
    return {key.to_user_string() for key in run.asset_selection or ()}


def _buckets(run: dg.DagsterRun) -> tuple[str | None, str | None]:
    tags = run.tags
    one = tags.get("dagster/partition")
    first = tags.get("dagster/asset_partition_range_start", one)
    return first, tags.get("dagster/asset_partition_range_end", one)


def test_work_follows_the_change(unattended):
    # A new source starts by itself: one backfill over every bucket, then the index. A tick amid the
    # events of the buckets starts that once more.
    runs = unattended.settled(0)
    ingests = [run for run in runs if _assets(run) == STAGES]
    assert [_buckets(run) for run in ingests] == [("00", "07")]
    assert sum(_assets(run) == {"search_index"} for run in runs) in (1, 2)
    assert len(unattended.instance.get_backfills()) == 1
    assert unattended.indexed() == DOCUMENTS

    # One touched file: one run over one bucket, through all stages and into the index.
    before, backfills = len(unattended.runs()), len(unattended.instance.get_backfills())
    unattended.write(7, "Note 7 was changed: the price of item 7 is 12345.")
    bucket = ids.bucket(ids.doc_id("notes", "007.txt"), BUCKETS)
    (run,) = unattended.settled(before, least=1)
    assert run.job_name == "ingest_notes"  # which ends in the index
    assert _buckets(run) == (bucket, bucket)
    assert len(unattended.instance.get_backfills()) == backfills
    assert run.tags["doclake/source"] == "notes"
    assert unattended.indexed() == DOCUMENTS

    # Files of several buckets in one burst: one backfill over exactly those buckets.
    before, backfills = len(unattended.runs()), len(unattended.instance.get_backfills())
    changed = {}
    for number in range(DOCUMENTS):
        changed.setdefault(ids.bucket(ids.doc_id("notes", f"{number:03}.txt"), BUCKETS), number)
    for chosen in ("02", "03", "04"):
        unattended.write(changed[chosen], f"A burst of changes reached bucket {chosen}.")
    runs = unattended.settled(before)
    assert [_buckets(run) for run in runs if _assets(run) == STAGES] == [("02", "04")]
    assert len(unattended.instance.get_backfills()) == backfills + 1

    # Another chunk size: one backfill of chunks and embeddings over everything, nothing above.
    unattended.stop()
    unattended.configure(recipe={"chunk": {"max_tokens": 128}})
    before, backfills = len(unattended.runs()), len(unattended.instance.get_backfills())
    unattended.start()
    runs = unattended.settled(before)
    stages = [run for run in runs if _assets(run) != {"search_index"}]
    assert [_assets(run) for run in stages] == [
        {"notes/chunks", "notes/signals", "notes/embeddings"}
    ]
    assert [_buckets(run) for run in stages] == [("00", "07")]
    assert len(unattended.instance.get_backfills()) == backfills + 1
    assert unattended.indexed() == DOCUMENTS


@pytest.fixture
def grouped(tmp_path, request) -> Iterator[Unattended]:
    """About twenty notes in each of four buckets, each bucket a group."""
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    processing = {"group_documents": 25}
    folder = tmp_path / "grouped"
    folder.mkdir()
    sources = {"notes": source}
    project = Unattended(
        folder, request.config.rootpath, 80, sources=sources, processing=processing
    )
    project.start()
    try:
        yield project
    finally:
        project.stop()
        project.instance.dispose()


def test_rows_are_searchable_after_the_first_group_and_a_kill_costs_one(grouped):
    _wait(lambda: _searchable(grouped) > 0)
    searchable = _searchable(grouped)
    assert searchable < grouped.count
    killed = _kill_a_run(grouped)
    _wait(lambda: len(grouped.runs()) >= 4 and all(run.is_finished for run in grouped.runs()))
    failed = [run for run in grouped.runs() if not run.is_success]
    assert [run.run_id for run in failed] == [killed]
    assert len(undone(Project.open(grouped.folder), "notes")) <= 1
    assert _searchable(grouped) > searchable


def _searchable(project: Unattended) -> int:
    """How many notes the search index holds."""
    opened = Project.open(project.folder)
    state = opened.index.state()
    return 0 if state is None else opened.index.table(state).count()


def _kill_a_run(project: Unattended) -> str:
    """SIGKILL to the process of a run that has begun; returns its id."""
    begun: list[dg.DagsterRun] = []

    def found() -> bool:
        begun[:] = project.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        return bool(begun)

    _wait(found)
    assert project.process is not None
    workers = [
        child
        for child in psutil.Process(project.process.pid).children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]
    (worker,) = workers
    worker.kill()
    return begun[0].run_id


def _wait(until: Callable[[], bool]) -> None:
    ending = time.monotonic() + 600
    while not until():
        assert time.monotonic() < ending
        time.sleep(0.3)
