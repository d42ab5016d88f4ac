"""A lake of version 0.1 is brought up to date by steps, and by the stages whose code changed."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from deltalake import DeltaTable, QueryBuilder

from doclake.errors import LakeTooNew
from doclake.health import balance, counts, doctor
from doclake.lake.scope import Scope
from doclake.lake.upgrades import apply
from doclake.project import Project
from doclake.stages.ingest import ingest
from doclake.tables.upgrades import UPGRADES

LAKE_0_1 = Path(__file__).parent / "fixtures" / "lake_0_1.tar.gz"
DOCUMENTS = 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project of version 0.1: eight documents of as many formats, one of them broken."""
    with tarfile.open(LAKE_0_1) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "lake_0_1"
    table = DeltaTable(str(folder / "lake/tables/documents"))
    rows = QueryBuilder().register("t", table).execute("SELECT path, mtime FROM t").read_all()
    for path, mtime in zip(rows["path"].to_pylist(), rows["mtime"].to_pylist(), strict=True):
        seconds = round(mtime.timestamp() * 1_000_000) * 1_000
        os.utime(folder / "documents" / path, ns=(seconds, seconds))
    return folder


def _reports(project: Project) -> dict[str, tuple[int, int]]:
    """(documents done, documents unchanged) of each stage."""
    return {r.stage: (r.documents, r.unchanged) for r in ingest(project, "notes")}


def _steps(project: Project) -> list[str]:
    return sorted(project.lake.read("upgrades")["step"].to_pylist())


def test_an_older_lake_balances_and_answers_when_it_is_opened(folder):
    project = Project.open(folder)
    found = counts.total(balance.status(project))
    assert found.balanced, found.problems
    assert (found.listed, found.failed, found.chunks) == (DOCUMENTS, 1, 17)
    assert {finding.check for finding in doctor.examine(project)} == {
        "model",
        "recipe",
        "personal data",
    }
    assert _steps(project) == sorted(apply.STEPS)


@pytest.mark.slow
def test_an_older_lake_is_extracted_and_cut_again_because_that_code_has_changed(folder):
    project = Project.open(folder)
    done = _reports(project)
    assert done["documents"] == (DOCUMENTS, 0)  # a signature knows ctime and inode now
    assert done["elements"] == done["chunks"] == (DOCUMENTS, 0)
    assert counts.total(balance.status(project)).balanced
    assert doctor.examine(project) == []
    assert _reports(project)["elements"] == (0, DOCUMENTS)


def test_a_step_that_died_is_taken_again(folder, monkeypatch):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(apply.STEPS, "signatures_in_the_ledger", die)
        with pytest.raises(KeyboardInterrupt):
            Project.open(folder).lake.read("chunks")
    project = Project.open(folder)
    assert counts.total(balance.status(project)).balanced
    assert _steps(project) == sorted(apply.STEPS)


@pytest.mark.parametrize("step", apply.STEPS)
def test_a_step_taken_twice_changes_nothing(folder, step):
    project = Project.open(folder)
    before = project.lake.read("ledger").sort_by("doc_id")
    apply.STEPS[step](project.lake)
    assert project.lake.read("ledger").sort_by("doc_id").equals(before)


def test_an_upgraded_lake_is_left_alone(folder):
    Project.open(folder).lake.read("chunks")
    project = Project.open(folder)
    versions = {name: project.lake.version(name) for name in ("ledger", "documents", "upgrades")}
    Project.open(folder).lake.read("chunks")
    again = Project.open(folder)
    assert {name: again.lake.version(name) for name in versions} == versions


def test_a_new_lake_needs_no_step(flow):
    assert _steps(flow.project) == sorted(apply.STEPS)
    columns = {field.name for field in flow.lake.open("documents").schema().fields}
    assert "content_hash" not in columns


def test_a_lake_that_a_newer_doclake_has_upgraded_is_left_alone(flow):
    step = [{"step": "of_tomorrow", "applied_at": None}]
    flow.lake.replace("upgrades", Scope(where={"step": ["of_tomorrow"]}), UPGRADES.arrow(step))
    project = Project.open(flow.folder)
    for name in ("chunks", "ledger"):
        with pytest.raises(LakeTooNew, match="of_tomorrow") as refused:
            project.lake.read(name)
        assert "Use that version" in refused.value.mend


def test_looking_at_a_lake_that_is_not_there_makes_none(flow):
    flow.configure(lake="elsewhere")
    assert flow.lake.read("chunks").num_rows == 0
    assert not (flow.folder / "elsewhere").exists()
