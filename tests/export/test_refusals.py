"""What cannot be made is refused in words, and nothing is written."""

from __future__ import annotations

import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from doclake.errors import ExportRefused, LakeError, SettingsError, StatementRefused
from doclake.export import plan, request
from doclake.lake import audit
from doclake.settings import ExportSettings


@pytest.mark.parametrize(
    ("where", "error", "told"),
    [
        ("langage = 'ko'", ExportRefused, "langage"),
        ("tokens > 1_000_000", ExportRefused, "Nothing passes"),
        ("tokens >", StatementRefused, "syntax error"),
        ("true) UNION (SELECT 1", StatementRefused, "columns of one row"),
        ("true) GROUP BY (1", StatementRefused, "columns of one row"),
        ("text IN (SELECT text FROM passages)", StatementRefused, "columns of one row"),
        ("EXISTS (SELECT 1 FROM read_text('/etc/passwd'))", StatementRefused, "read_text"),
        ("random() < 0.5", StatementRefused, "random gives another answer"),
        ("date > current_date", StatementRefused, "current_date gives another answer"),
        ("date > now()", StatementRefused, "now gives another answer"),
        ("hash(passages) % 2 = 0", StatementRefused, "a whole row"),
        ("COLUMNS(*) IS NOT NULL", StatementRefused, "a whole row"),
        ("1); DROP TABLE passages; SELECT (1", StatementRefused, "one statement"),
        ("count(*) > 1", ExportRefused, "aggregates"),
        ("text", ExportRefused, "true or false"),
        ("text::INTEGER > 3", StatementRefused, "try_cast"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_and_nothing_written(
    make, tmp_path, where, error, told
):
    with pytest.raises(error) as refused:
        make("none", where=where)
    assert told in str(refused.value) + str(refused.value.problems)
    assert not [one for one in tmp_path.iterdir() if "none" in one.name]


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ({"columns": ["txt"]}, ExportRefused, "no column txt"),
        ({"columns": ["boxes"], "unit": "documents"}, ExportRefused, "no column boxes"),
        ({"sources": ["nowhere"]}, SettingsError, "No source nowhere"),
        ({"mixture": {"weights": {"nowhere": 1}}}, SettingsError, "No source nowhere"),
        ({"mixture": {"weights": {"secret": 1, "notes": 1}}}, ExportRefused, "secret, of which no"),
        ({"sources": ["wiki"], "mixture": {"caps": {"notes": 1}}}, ExportRefused, "caps names no"),
        ({"sources": ["secret"]}, ExportRefused, "Nothing passes"),
        ({"decontaminate": ["missing.jsonl"]}, ExportRefused, "missing.jsonl cannot be used"),
        ({"validation": 0.001}, ExportRefused, "No row is left for validation"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_and_nothing_written(make, tmp_path, asked, error, told):
    with pytest.raises(error) as refused:
        make("none", **asked)
    assert told in str(refused.value)
    assert not [one for one in tmp_path.iterdir() if "none" in one.name]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to": "excel"}, "to: found 'excel'"),
        ({"mixture": {"weights": {"notes": -1}}}, "mixture.weights.notes"),
        ({"mixture": {"weights": {"notes": 1}, "temperature": 2}}, "either weights or temperature"),
        ({"mixture": {"max_rows": 1, "max_tokens": 1}}, "either max_rows or max_tokens"),
        ({"validation": 0.9}, "at most 0.5"),
        ({"columns": ["a b"]}, "the name of a column"),
        ({"wher": "x"}, "did you mean where?"),
    ],
)
def test_a_request_that_is_wrong_names_the_key(stocked, given, told):
    with pytest.raises(SettingsError) as refused:
        request.of(stocked.settings, None, given)
    assert told in str(refused.value)


def test_a_target_that_holds_something_is_left_alone(make, tmp_path):
    for name in ("folder/file", "file"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
        with pytest.raises(ExportRefused, match="is there already"):
            make(name.partition("/")[0])
        assert file.read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert make("empty").rows == 20


def test_what_a_killed_export_left_is_no_harm(make, tmp_path):
    (tmp_path / ".out.part" / "data").mkdir(parents=True)
    (tmp_path / ".out.part" / "data" / "train-00000.parquet").write_text("half")
    make("out")
    assert sorted(one.name for one in tmp_path.iterdir() if "out" in one.name) == ["out"]
    assert pq.read_table(tmp_path / "out" / "data").num_rows == 20


_KILLED = """
import os, signal, sys
from pathlib import Path
from doclake.export import plan, run
from doclake.project import Project
from doclake.settings import ExportSettings

def kill(step):
    if step.stage == "train" and step.source == "wiki":  # rows of the others were read already
        os.kill(os.getpid(), signal.SIGKILL)

request = ExportSettings(to="jsonl", principals=["group:board"], columns=["text"])
export = plan.planned(Project.open(Path(sys.argv[1])), request)
run.write(export, Path(sys.argv[2]), progress=kill)
"""


@pytest.mark.slow
def test_a_killed_export_is_in_the_audit_and_the_next_one_removes_what_it_left(
    stocked, make, tmp_path
):
    killed = [sys.executable, "-c", _KILLED, stocked.folder, tmp_path / "killed"]
    assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
    rows = audit.read(stocked.lake, actions=["export"]).to_pylist()
    assert {row["source"]: row["row_count"] for row in rows} == {
        "notes": 16,
        "secret": 1,
        "wiki": 4,
    }
    assert {tuple(row["asked_as"]) for row in rows} == {("group:board",)}
    assert (tmp_path / ".killed.part").is_dir()
    busy = tmp_path / ".busy.part"
    busy.mkdir()
    with FileLock(f"{busy}.lock"):
        make("out")
    assert not list(tmp_path.glob(".killed*"))
    assert busy.is_dir()


def test_a_lake_without_chunks_says_so(stocked):
    with pytest.raises(LakeError, match="written yet"):
        plan.planned(stocked.project.at(str(stocked.folder / "other")), ExportSettings())
