"""A partition is held by one stage at a time, and by nobody once its holder is dead."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doclake.errors import LakeError
from doclake.lake import locks, marks
from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.tables.crawled_pages import CRAWLED_PAGES
from doclake.tables.messages import MESSAGES

HOLD = """
import sys
from doclake.lake import locks
from doclake.lake.lake import Lake
with locks.partitions(Lake(sys.argv[1]), "notes", sys.argv[2].split(",")):
    print("held", flush=True)
    sys.stdin.read()
"""
SECONDS = 30  # to wait for what must come


@contextmanager
def _holder(lake: Lake, buckets: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds these partitions until it dies."""
    arguments = [sys.executable, "-c", HOLD, lake.url, buckets]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


class Waiting(logging.Handler):
    """Sets `told` when somebody says that it waits for a partition."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.told.set()


def _take(lake: Lake, buckets: list[str], taken: threading.Event) -> threading.Thread:
    def take() -> None:
        with locks.partitions(lake, "notes", buckets):
            taken.set()

    thread = threading.Thread(target=take)
    thread.start()
    return thread


def test_who_comes_second_waits_until_the_holder_is_dead(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO, logger=locks.__name__)
    lake, taken, waiting = Lake(str(tmp_path / "lake")), threading.Event(), Waiting()
    monkeypatch.setattr(locks._log, "handlers", [waiting])
    with _holder(lake, "00,01") as holder:
        second = _take(lake, ["01", "02"], taken)
        assert waiting.told.wait(SECONDS)
        assert not taken.is_set()
        holder.kill()
        assert taken.wait(SECONDS)
        second.join()


def test_other_partitions_and_other_sources_do_not_wait(tmp_path, caplog):
    caplog.set_level(logging.INFO, logger=locks.__name__)
    lake = Lake(str(tmp_path / "lake"))
    with (
        _holder(lake, "00"),
        locks.partitions(lake, "notes", ["01"]),
        locks.partitions(lake, "letters", ["00"]),
    ):
        assert caplog.messages == []


def test_a_lake_in_an_object_store_without_leases_has_no_locks():
    with locks.partitions(Lake("gs://bucket/lake"), "notes", ["00"]):
        pass


def test_a_lake_that_cannot_be_written_is_a_typed_error(tmp_path):
    (tmp_path / "lake").write_text("a file where the lake should be")
    with (
        pytest.raises(LakeError, match="cannot be written"),
        locks.partitions(Lake(str(tmp_path / "lake")), "notes", ["00"]),
    ):
        pass


@pytest.mark.parametrize("name", ["crawled_pages", "messages"])
def test_a_listing_writes_no_table_while_an_erasure_drops_files_of_it(tmp_path, name):
    """An uncommitted file is one that no version names: it would be dropped, and then committed."""
    lake = Lake(str(tmp_path / "lake"))

    def write() -> None:
        if name == "messages":
            marks.append(lake, name, lambda _: (MESSAGES.schema.empty_table(), {"batch": 1}))
        else:
            CrawledPages(lake, "site").write(CRAWLED_PAGES.schema.empty_table())

    write()
    before = lake.open(name).version()
    writer = threading.Thread(target=write)
    with locks.table(lake, name):
        writer.start()
        writer.join(1)
        assert lake.open(name).version() == before
    writer.join(SECONDS)
    assert lake.open(name).version() > before
