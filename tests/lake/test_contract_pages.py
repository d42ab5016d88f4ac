"""Pages of contracts: the newest are kept, old ones and those of a source that is gone are not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from doclake import clock
from doclake.lake import contract_pages
from doclake.lake.lake import Lake
from tests.object_store import BUCKET, object_store


def test_a_lake_in_a_bucket_keeps_and_forgets_them_too(monkeypatch):
    with object_store() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        lake = Lake(f"s3://{BUCKET}/lake")
        place = contract_pages.write(lake, "notes", "chunks", "run", "보고서")
        assert place.startswith(f"s3://{BUCKET}/lake/contract_pages/notes/chunks/2")
        assert fsspec.open(place, "rb").open().read().decode() == "보고서"
        contract_pages.forget(lake, ["mails", "notes"])
        with pytest.raises(FileNotFoundError):
            fsspec.open(place, "rb").open()
        contract_pages.write(lake, "notes", "chunks", "run", "보고서")
        assert contract_pages.forget_old(lake, timedelta(days=-1)) == 1


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def _pages(lake: Lake) -> list[Path]:
    return sorted(Path(lake.url, contract_pages.FOLDER).rglob("*.html"))


def test_the_newest_pages_of_each_table_are_kept(lake, monkeypatch):
    now = clock.now()
    for number in range(contract_pages.KEPT + 3):
        moment = now + timedelta(seconds=number)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        place = contract_pages.write(lake, "notes", "chunks", f"run/../{number}", f"page {number}")
    contract_pages.write(lake, "notes", "elements", "run", "another")
    assert Path(place).read_text() == f"page {contract_pages.KEPT + 2}"
    texts = {page.read_text() for page in _pages(lake)}
    assert texts == {"another", *(f"page {n}" for n in range(3, contract_pages.KEPT + 3))}


def test_old_pages_and_those_of_a_source_are_forgotten(lake, monkeypatch):
    now: Any = clock.now()
    contract_pages.forget(lake, ["notes"])
    assert contract_pages.forget_old(lake, timedelta(days=1)) == 0
    contract_pages.write(lake, "notes", "chunks", "a", "old")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    contract_pages.write(lake, "notes", "chunks", "b", "new")
    contract_pages.write(lake, "mails", "chunks", "c", "other")
    assert contract_pages.forget_old(lake, timedelta(days=1)) == 1
    assert {page.read_text() for page in _pages(lake)} == {"new", "other"}
    contract_pages.forget(lake, ["notes"])
    assert [page.read_text() for page in _pages(lake)] == ["other"]
