"""A watermark names one commit of one table, whatever happens to the table afterwards."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from doclake.errors import LakeError
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.watermark import Watermark, changed_since, watermark
from doclake.tables.embeddings import EMBEDDINGS

TABLE = "embeddings"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    for bucket in ("00", "01"):
        _write(lake, bucket, "a")
    return lake


def _write(lake: Lake, bucket: str, text_hash: str) -> None:
    row = EMBEDDINGS.empty_row() | {
        "source": "s",
        "bucket": bucket,
        "text_hash": text_hash,
        "model": "m",
        "model_name": "m",
        "vector": [1.0],
    }
    lake.replace(TABLE, Scope("s", [bucket]), EMBEDDINGS.arrow([row]))


def _folder(lake: Lake) -> Path:
    return Path(lake.table_url(TABLE))


def _clean_up_log(lake: Lake) -> None:
    """Remove commits before a checkpoint, as Delta does when they are old."""
    table = lake.open(TABLE)
    table.create_checkpoint()
    for commit in (commits := [*_folder(lake).glob("_delta_log/*.json")]):
        os.utime(commit, (0, 0))
    table.cleanup_metadata()
    assert len([*_folder(lake).glob("_delta_log/*.json")]) < len(commits)


@pytest.fixture
def back_up(lake: Lake, tmp_path: Path):
    """Takes a copy of the table; what it returns puts the copy back."""

    def take():
        copy = tmp_path / "copy"
        shutil.copytree(_folder(lake), copy)

        def restore() -> None:
            shutil.rmtree(_folder(lake))
            shutil.copytree(copy, _folder(lake))

        return restore

    return take


def test_partitions_that_changed_since_are_told(lake):
    mark = watermark(lake, TABLE)
    assert changed_since(lake, TABLE, mark) == set()
    _write(lake, "01", "b")
    assert changed_since(lake, TABLE, mark) == {("s", "01")}


def test_before_its_first_write_a_table_has_a_watermark_too(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    mark = watermark(lake, TABLE)
    assert changed_since(lake, TABLE, mark) == set()
    _write(lake, "00", "a")
    with pytest.raises(LakeError):
        changed_since(lake, TABLE, mark)


@pytest.mark.parametrize("commits", [0, 1, 2, 3], ids=["behind", "behind", "equal", "ahead"])
def test_a_table_that_was_put_back_is_noticed_wherever_its_version_stands(lake, back_up, commits):
    restore = back_up()
    _write(lake, "00", "b")
    _write(lake, "01", "b")
    mark = watermark(lake, TABLE)
    restore()
    for number in range(commits):
        _write(lake, "00", f"c{number}")
    assert watermark(lake, TABLE).table_id == mark.table_id
    with pytest.raises(LakeError):
        changed_since(lake, TABLE, mark)


def test_a_table_put_back_to_the_very_commit_is_followed_on(lake, back_up):
    mark = watermark(lake, TABLE)
    restore = back_up()
    _write(lake, "00", "b")
    restore()
    assert changed_since(lake, TABLE, mark) == set()
    _write(lake, "01", "c")
    assert changed_since(lake, TABLE, mark) == {("s", "01")}


def test_what_delta_restores_by_itself_is_in_its_feed(lake):
    _write(lake, "00", "b")
    mark = watermark(lake, TABLE)
    lake.open(TABLE).restore(mark.version - 1)
    assert changed_since(lake, TABLE, mark) == {("s", "00")}


def test_a_table_made_anew_is_noticed(lake):
    mark = watermark(lake, TABLE)
    shutil.rmtree(_folder(lake))
    for bucket in ("00", "01"):
        _write(lake, bucket, "a")
    with pytest.raises(LakeError):
        changed_since(lake, TABLE, mark)


def test_a_lake_that_moved_is_the_same_lake(lake, tmp_path):
    mark = watermark(lake, TABLE)
    shutil.copytree(lake.url, tmp_path / "elsewhere")
    assert changed_since(Lake(str(tmp_path / "elsewhere")), TABLE, mark) == set()


def test_a_log_that_was_cleaned_up_still_tells_that_nothing_changed_and_what_changed_after(lake):
    for number in range(3):
        _write(lake, "00", f"b{number}")
    mark = watermark(lake, TABLE)
    _clean_up_log(lake)
    assert changed_since(lake, TABLE, mark) == set()
    _write(lake, "01", "b")
    assert changed_since(lake, TABLE, mark) == {("s", "01")}


def test_a_log_that_was_cleaned_up_past_the_watermark_has_a_gap(lake):
    mark = watermark(lake, TABLE)
    _write(lake, "00", "b")
    _clean_up_log(lake)
    with pytest.raises(LakeError):
        changed_since(lake, TABLE, mark)


def test_a_watermark_of_an_older_version_is_taken_at_its_number(lake):
    mark = replace(watermark(lake, TABLE), files=None)
    assert mark.is_vague and not Watermark().is_vague
    assert changed_since(lake, TABLE, mark) == set()
    _write(lake, "01", "b")
    assert changed_since(lake, TABLE, mark) == {("s", "01")}
