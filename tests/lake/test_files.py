"""Damaged files of tables: every kind is found, in every table, and named."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from doclake.errors import LakeError
from doclake.lake import files
from doclake.lake.scope import Scope
from tests.damaged import KINDS, file_of

TABLES = ("documents", "elements", "metadata", "chunks", "embeddings", "ledger")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_file_is_named_with_its_partition(flow, table, kind):
    assert files.damaged(flow.lake, table, thorough=True) == []
    file = file_of(flow, table)
    KINDS[kind](file)
    (found,) = files.damaged(flow.lake, table, thorough=True)
    assert found.path == str(file.relative_to(flow.lake.url))
    assert (found.table, found.source, found.bucket) == (table, "notes", "01")
    assert files.damaged(flow.lake, table, Scope("notes", ["00", "03"]), thorough=True) == []


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("truncated", r"holds [\d,]+ of [\d,]+ bytes"),
        ("emptied", "is empty"),
        ("deleted", "is missing"),
        ("overwritten", "cannot be read: "),
    ],
)
def test_a_look_finds_all_but_what_must_be_decoded(flow, kind, what):
    KINDS[kind](file_of(flow, "chunks"))
    (found,) = files.damaged(flow.lake, "chunks")
    assert re.match(what, found.what)


def test_a_lost_folder_is_every_file_in_it(flow):
    shutil.rmtree(file_of(flow, "chunks").parent)
    (found,) = files.damaged(flow.lake, "chunks")
    assert (found.bucket, found.what) == ("01", "is missing")


def test_what_can_be_read_beside_a_damaged_file_is_kept(flow):
    whole = flow.lake.read("chunks")
    path = str(file_of(flow, "chunks").relative_to(flow.lake.url))
    KINDS["emptied"](file_of(flow, "chunks"))
    left = files.rows_left(flow.lake, "chunks", Scope("notes"), {path})
    kept = [row for row in whole.to_pylist() if row["bucket"] != "01"]
    assert sorted(left.to_pylist(), key=str) == sorted(kept, key=str)
    with pytest.raises(LakeError, match="cannot be read"):
        files.rows_left(flow.lake, "chunks", Scope("notes"), set())


def _log(flow) -> Path:
    return Path(flow.lake.table_url("chunks"), "_delta_log")


def _entry(number: int) -> str:
    return f"{number:020}.json"


@pytest.mark.parametrize("kind", ["truncated", "emptied", "overwritten"])
def test_a_damaged_entry_of_the_log_is_named(flow, kind):
    KINDS[kind](_log(flow) / _entry(1))
    (found,) = files.damaged(flow.lake, "chunks")
    assert found.is_of_log
    assert found.path == f"tables/chunks/_delta_log/{_entry(1)}"


def test_a_missing_entry_of_the_log_is_named(flow):
    flow.lake.replace("chunks", Scope("notes"), flow.lake.read("chunks"))
    (_log(flow) / _entry(1)).unlink()
    (found,) = files.damaged(flow.lake, "chunks")
    assert (found.path, found.what) == (f"tables/chunks/_delta_log/{_entry(1)}", "is missing")


def test_a_damaged_checkpoint_is_named_and_what_it_says_again_is_not_looked_at(flow):
    flow.lake.open("chunks").create_checkpoint()
    (checkpoint,) = _log(flow).glob("*.checkpoint.parquet")
    os.truncate(_log(flow) / _entry(0), 0)
    assert files.damaged(flow.lake, "chunks") == []
    KINDS["truncated"](checkpoint)
    (found,) = files.damaged(flow.lake, "chunks")
    assert found.path == f"tables/chunks/_delta_log/{checkpoint.name}"
