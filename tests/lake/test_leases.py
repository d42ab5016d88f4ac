"""Processes that share nothing but a bucket hold a partition, and the index, one at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest

from doclake.errors import LakeError
from doclake.index.index import SearchIndex
from doclake.lake import leases, locks
from doclake.lake.lake import Lake
from doclake.lake.probe import probe
from doclake.lake.scope import Scope
from doclake.settings import EmbeddingSettings
from doclake.tables.quarantine import QUARANTINE
from tests.object_store import BUCKET, object_store

EXPIRY, SECONDS = 4.0, 30  # until a holder counts as dead; to wait for what must come
OTHER_MACHINE = """
import sys
from doclake.errors import DoclakeError
from doclake.index.index import SearchIndex
from doclake.lake import leases, locks
from doclake.lake.lake import Lake
from tests.lake.test_leases import in_haste, index_row, partition_row

def told(write, *arguments):
    try:
        write(*arguments)
        print("written", flush=True)
    except DoclakeError as error:
        print(type(error).__name__, error, flush=True)

in_haste(leases)
lake = Lake(sys.argv[1])
index = SearchIndex(lake)
with locks.partitions(lake, "notes", ["00", "01"]), index.writer():
    rows = index.table(index.state()) if index.state() else None
    print("held", flush=True)
    if sys.stdin.readline():
        told(partition_row, lake, "late")
        told(rows.replace, [], index_row("late"))
        told(index.save, index.state())
"""


def in_haste(module: ModuleType) -> None:
    """Holders count as dead after some seconds: a store tells times in whole ones."""
    module.BEAT, module.EXPIRY, module.POLL = 0.3, EXPIRY, 0.1


def partition_row(lake: Lake, key: str) -> None:
    keys = dict.fromkeys(("root_id", "doc_id", "path", "content_hash", "recipe", "rule"), "x")
    row = QUARANTINE.empty_row() | keys | {"source": "notes", "bucket": "00", "key": key}
    row["stage"] = "chunks"
    lake.replace("quarantine", Scope("notes", ["00"]), QUARANTINE.arrow([row]))


def index_row(key: str):
    from tests.index.vector_rows import VectorRows

    rows = VectorRows(8, 4).rows(1)
    return rows.set_column(rows.schema.get_field_index("chunk_id"), "chunk_id", [[key]])


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with object_store() as environment:
        yield environment


@pytest.fixture
def lake(server, monkeypatch) -> Lake:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    for name in ("BEAT", "EXPIRY", "POLL"):
        monkeypatch.setattr(leases, name, getattr(leases, name))
    in_haste(leases)
    return Lake(f"s3://{BUCKET}/{uuid4().hex}")


@contextmanager
def _other_machine(lake: Lake) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the partitions 00 and 01 of `notes`, and the index, until it is told."""
    pipe = subprocess.PIPE
    arguments = [sys.executable, "-c", OTHER_MACHINE, lake.url]
    with subprocess.Popen(
        arguments, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdin and process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def _keys(lake: Lake) -> list[str]:
    return lake.read("quarantine", columns=["key"])["key"].to_pylist()


@pytest.mark.slow
def test_who_comes_second_waits_for_a_living_holder_and_takes_over_from_a_dead_one(lake):
    taken, given_back = threading.Event(), threading.Event()

    def take() -> None:
        with locks.partitions(lake, "notes", ["01", "02"]):
            taken.set()
            given_back.wait(SECONDS)

    with _other_machine(lake) as holder:
        with locks.partitions(lake, "notes", ["02"]), locks.partitions(lake, "letters", ["00"]):
            pass  # nobody holds these
        second = threading.Thread(target=take)
        second.start()
        assert not taken.wait(EXPIRY + 1)
        holder.kill()
        assert taken.wait(SECONDS)
        given_back.set()
        second.join()
    with locks.partitions(lake, "notes", ["00", "01", "02"]):
        pass


def test_a_holder_that_ends_lets_the_next_one_in_at_once(lake, monkeypatch):
    monkeypatch.setattr(leases, "EXPIRY", 10 * SECONDS)
    for _ in range(2):
        with locks.partitions(lake, "notes", ["00"]), SearchIndex(lake).writer():
            pass
    with pytest.raises(RuntimeError), locks.partitions(lake, "notes", ["00"]):
        raise RuntimeError
    with locks.partitions(lake, "notes", ["00"]):
        pass


@pytest.mark.slow
def test_a_holder_that_only_stood_still_writes_nothing_when_it_goes_on(lake):
    index = SearchIndex(lake)
    with index.writer():
        state = index.create("m", EmbeddingSettings(), 8, {})
        index.save(state)
    with _other_machine(lake) as holder:
        os.kill(holder.pid, signal.SIGSTOP)
        with locks.partitions(lake, "notes", ["00"]), index.writer():
            partition_row(lake, "in time")
            index.table(state).replace([], index_row("in time"))
            os.kill(holder.pid, signal.SIGCONT)
            outcomes, _ = holder.communicate("go on\n", timeout=SECONDS)
    partition, rows, saved = outcomes.splitlines()
    assert partition.startswith("LeaseLost")
    assert rows.startswith("IndexStateError")
    assert saved.startswith("LeaseLost")
    assert _keys(lake) == ["in time"]
    table = index.table(state).to_table(columns=["chunk_id"])
    assert table["chunk_id"].to_pylist() == ["in time"]


def test_a_fence_that_could_not_be_set_is_left_to_the_next_holder(lake, monkeypatch):
    with _other_machine(lake) as holder:
        holder.kill()

    def fail(*_: object) -> None:
        raise LakeError("no")

    with monkeypatch.context() as broken:
        broken.setattr(lake, "take_over", fail)
        with pytest.raises(LakeError), locks.partitions(lake, "notes", ["00", "02"]):
            pass
    epochs = []
    monkeypatch.setattr(lake, "take_over", lambda source, buckets: epochs.append(buckets))
    with locks.partitions(lake, "notes", ["00", "01", "02"]):
        assert epochs == [{"00": 3, "01": 2, "02": 2}]


def test_a_store_that_ignores_conditions_is_refused_with_what_to_do(monkeypatch):
    with object_store("deaf") as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        lake, refused = Lake(f"s3://{BUCKET}/deaf"), r"ignores the conditions.*Keep the lake in a"
        with pytest.raises(LakeError, match=refused), locks.partitions(lake, "notes", ["00"]):
            pass
        with pytest.raises(LakeError, match=refused):
            probe(lake)
