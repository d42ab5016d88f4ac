"""A partition is held by one stage at a time, and by nobody once its holder is dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest

from doclake.errors import LakeError
from doclake.lake import locks
from doclake.lake.lake import Lake

HOLD = """
import sys, time
from doclake.lake import locks
from doclake.lake.lake import Lake
with locks.partitions(Lake(sys.argv[1]), "notes", sys.argv[2].split(",")):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(lake: Lake, buckets: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", HOLD, lake.url, buckets]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def _take(url: str, buckets: list[str], taken) -> None:
    with locks.partitions(Lake(url), "notes", buckets):
        taken.set()


def test_who_comes_second_waits_until_the_holder_is_dead(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    holder = _holder(lake, "00,01")
    context = multiprocessing.get_context("spawn")
    taken = context.Event()
    second = context.Process(target=_take, args=(lake.url, ["01", "02"], taken))
    second.start()
    assert not taken.wait(3)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert taken.wait(10)
    second.join()


def test_other_partitions_and_other_sources_do_not_wait(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    holder = _holder(lake, "00")
    started = time.monotonic()
    with locks.partitions(lake, "notes", ["01"]), locks.partitions(lake, "letters", ["00"]):
        assert time.monotonic() - started < 2
    holder.kill()
    holder.wait()


def test_a_lake_in_an_object_store_has_no_locks():
    with locks.partitions(Lake("s3://bucket/lake"), "notes", ["00"]):
        pass


def test_a_lake_that_cannot_be_written_is_a_typed_error(tmp_path):
    (tmp_path / "lake").write_text("a file where the lake should be")
    with (
        pytest.raises(LakeError, match="cannot be written"),
        locks.partitions(Lake(str(tmp_path / "lake")), "notes", ["00"]),
    ):
        pass
