"""Actors on a cluster: the rows of one process, and what becomes of actors that die or hang."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import numpy as np
import psutil
import pytest

from doclake import fingerprints
from doclake.cluster.connection import Wanted, connected
from doclake.embed import Embedder, release_model
from doclake.embed.backends import ray as backend
from doclake.embed.backends import ray_pool
from doclake.embed.backends.ray_pool import RayPool
from doclake.errors import ExecutorUnavailable, ModelError
from doclake.settings import EmbeddingSettings
from tests.embed.backends.killing import assert_same_rows_without
from tests.embed.backends.odd_actors import OlderActor

MODEL = {"model": "all-MiniLM-L6-v2", "dtype": "float32", "device": "cpu"}
TEXTS = ["A cat sat on the mat. " * n for n in (1, 9, 2, 7, 3, 5, 4, 8)] * 6


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """One for all: to start it takes seconds."""
    with connected(Wanted(None, 2)):
        yield


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    yield _embedder()
    release_model()


def _embedder(ray: dict[str, Any] | None = None, **settings: object) -> Embedder:
    two = {"backend": "ray", "batch_tokens": 128, "ray": {"actors": 2} | (ray or {})}
    return Embedder(EmbeddingSettings(**(MODEL | two | settings)))


def _pool(embedder: Embedder) -> RayPool:
    return backend.pool(embedder.settings, embedder.source)


def _pids(embedder: Embedder) -> list[int]:
    return [worker.place.pid for worker in _pool(embedder).workers if worker.place]


def _await(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def _until_both_compute(embedder: Embedder) -> None:
    """The faster one may have done all before the other has begun."""

    def both() -> bool:
        embedder.encode_documents(TEXTS)
        return len(_pids(embedder)) == 2

    assert _await(both)


def _are_gone(pids: list[int]) -> bool:
    return _await(lambda: not any(map(psutil.pid_exists, pids)))


@pytest.mark.slow
def test_actors_give_the_rows_of_one_process_and_share_the_batches(embedder):
    told: list[tuple[int, int]] = []
    found = embedder.encode_documents(TEXTS, on_batch=lambda *done: told.append(done))
    alone = Embedder(EmbeddingSettings(**MODEL)).encode_documents(TEXTS)
    assert np.abs(found.vectors - alone.vectors).max() < 1e-5
    assert found.signs == alone.signs
    assert told[-1] == (len(TEXTS), len(TEXTS))
    assert embedder.dimension == found.vectors.shape[1]
    assert embedder.fingerprint == fingerprints.model(EmbeddingSettings(**MODEL))
    workers = list(_pool(embedder).workers)
    assert len(workers) == 2
    embedder.encode_documents(TEXTS[:4])
    assert _pool(embedder).workers == workers  # they stay for the next texts


@pytest.mark.slow
def test_the_batches_of_a_killed_actor_are_computed_by_another(embedder):
    _until_both_compute(embedder)
    killed = _pids(embedder)[0]
    assert_same_rows_without(embedder, killed, TEXTS)
    assert len(_pool(embedder).workers) == 2  # another was asked for
    assert killed not in _pids(embedder)


@pytest.mark.slow
def test_a_batch_that_kills_two_actors_is_told_with_its_device(embedder):
    embedder.encode_documents(TEXTS[:2])
    pool, stop = _pool(embedder), threading.Event()

    def kill_whoever_works() -> None:
        while not stop.is_set():
            for worker in list(pool.workers):
                if worker.job is not None and worker.place:
                    with suppress(ProcessLookupError):
                        os.kill(worker.place.pid, signal.SIGKILL)
            time.sleep(0.001)

    killer = threading.Thread(target=kill_whoever_works)
    killer.start()
    try:
        with pytest.raises(ModelError, match=r"An actor .* died of a batch of") as died:
            embedder.encode_documents(TEXTS)
    finally:
        stop.set()
        killer.join()
    assert died.value.facts["device"] == "cpu"
    assert died.value.facts["texts"] >= 1
    assert backend.pool.cache_info().currsize == 0
    assert len(embedder.encode_documents(TEXTS[:2]).vectors) == 2  # with actors of its own


@pytest.mark.slow
def test_an_actor_that_hangs_is_told_and_ended():
    embedder = _embedder(batch_timeout=timedelta(seconds=60))
    _until_both_compute(embedder)
    pool, pids = _pool(embedder), _pids(embedder)
    pool._seconds = 1.0
    for worker, pid in zip(pool.workers, pids, strict=True):
        worker._seconds = 1.0
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ModelError, match="has said nothing for 1 s") as hung:
        embedder.encode_documents(TEXTS)
    assert hung.value.facts["device"] == "cpu"
    assert "batch_timeout" in hung.value.mend
    assert _are_gone(pids)


def test_what_an_actor_cannot_do_is_told_as_in_one_process(embedder):
    with pytest.raises(ModelError, match="longer than the 256"):
        embedder.encode_documents(["word " * 300])


@pytest.mark.slow
def test_no_actor_outlives_a_released_model(embedder):
    embedder.encode_documents(TEXTS)
    pids = _pids(embedder)
    assert pids
    release_model()
    assert _are_gone(pids)


def test_questions_need_no_actor(embedder):
    release_model()
    (question,) = embedder.encode_queries(["Where is the cat?"])
    alone = Embedder(EmbeddingSettings(**MODEL)).encode_queries(["Where is the cat?"])
    assert np.array_equal(question.vector, alone[0].vector)
    assert backend.pool.cache_info().currsize == 0


@pytest.mark.slow
def test_a_run_that_no_node_has_room_for_says_so():
    wanting = _embedder(ray={"num_cpus": 64, "wait": "1s"})
    with pytest.raises(ExecutorUnavailable, match="No actor got 64 CPUs and 0 GPUs within 1 s"):
        wanting.encode_documents(TEXTS)


@pytest.mark.slow
def test_an_actor_with_other_versions_is_refused(monkeypatch):
    monkeypatch.setattr(ray_pool, "EmbeddingActor", OlderActor)
    with pytest.raises(ExecutorUnavailable, match=r"torch 1\.0 there"):
        _embedder(batch_tokens=127).encode_documents(TEXTS)
