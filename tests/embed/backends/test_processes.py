"""A worker for each device: the rows of one process, and what becomes of workers that die or
hang."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from doclake.embed import Embedder, release_model
from doclake.embed.backends import processes
from doclake.embed.backends.devices import choose_devices
from doclake.embed.backends.process_pool import ProcessPool
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings
from tests.embed.backends.killing import assert_same_rows_without

MODEL = {"model": "all-MiniLM-L6-v2", "dtype": "float32", "device": "cpu"}
TEXTS = ["A cat sat on the mat. " * n for n in (1, 9, 2, 7, 3, 5, 4, 8)] * 6


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    """Two workers on the processor, in batches of a few texts."""
    yield _embedder()
    release_model()


def _embedder(**settings: object) -> Embedder:
    two = {"backend": "processes", "devices": ["cpu", "cpu"], "batch_tokens": 128}
    return Embedder(EmbeddingSettings(**(MODEL | two | settings)))


def _pool(embedder: Embedder) -> ProcessPool:
    return processes.pool(embedder.settings, embedder.source)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _await(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def test_two_workers_give_the_rows_of_one_process_and_share_the_batches(embedder):
    told: list[tuple[int, int]] = []
    found = embedder.encode_documents(TEXTS, on_batch=lambda *done: told.append(done))
    alone = Embedder(EmbeddingSettings(**MODEL)).encode_documents(TEXTS)
    assert np.abs(found.vectors - alone.vectors).max() < 1e-5
    assert found.signs == alone.signs
    assert told[-1] == (len(TEXTS), len(TEXTS))
    workers = _pool(embedder).workers
    assert len({worker.pid for worker in workers}) == 2
    embedder.encode_documents(TEXTS[:4])
    assert _pool(embedder).workers == workers  # they stay for the next texts


def test_the_batch_of_a_killed_worker_is_computed_by_another(embedder):
    embedder.encode_documents(TEXTS[:2])
    victim = _pool(embedder).workers[0].pid  # of both, the same batch might be lost twice
    assert_same_rows_without(embedder, victim, TEXTS)


@pytest.mark.slow
def test_a_batch_that_kills_two_workers_is_told_with_its_device(embedder):
    embedder.encode_documents(TEXTS[:2])
    pool, stop = _pool(embedder), threading.Event()

    def kill_whoever_works() -> None:
        while not stop.is_set():
            for worker in list(pool.workers):
                if worker.jobs:
                    worker._process.kill()
            time.sleep(0.001)

    killer = threading.Thread(target=kill_whoever_works)
    killer.start()
    try:
        with pytest.raises(ModelError, match="killed by SIGKILL") as died:
            embedder.encode_documents(TEXTS)
    finally:
        stop.set()
        killer.join()
    assert died.value.facts["device"] == "cpu"
    assert died.value.facts["texts"] >= 1
    assert not any(_lives(worker.pid) for worker in pool.workers)
    assert len(embedder.encode_documents(TEXTS[:2]).vectors) == 2  # with workers of its own


@pytest.mark.slow
def test_a_worker_that_hangs_is_told_and_ended():
    embedder = _embedder(batch_timeout=timedelta(seconds=20))
    embedder.encode_documents(TEXTS[:2])
    pool = _pool(embedder)
    pool._seconds = 1.0
    for worker in pool.workers:
        worker._seconds = 1.0
        os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(ModelError, match="has said nothing for 1 s") as hung:
        embedder.encode_documents(TEXTS)
    assert hung.value.facts["device"] == "cpu"
    assert "batch_timeout" in hung.value.mend
    assert not any(_lives(worker.pid) for worker in pool.workers)


def test_a_worker_that_dies_before_its_model_is_loaded_is_told():
    embedder = _embedder(batch_tokens=127)
    for worker in _pool(embedder).workers:
        os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="before its model was loaded"):
        assert embedder.dimension
    assert processes.pool.cache_info().currsize == 0


@pytest.mark.slow
def test_a_hung_worker_is_told_whatever_the_size_of_its_batch():
    """A batch that does not fit into the socket is not waited for either."""
    embedder = _embedder(batch_timeout=timedelta(seconds=20), devices=["cpu"], batch_tokens=65536)
    embedder.encode_documents(TEXTS[:2])
    (worker,) = _pool(embedder).workers
    _pool(embedder)._seconds = worker._seconds = 1.0
    for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
        with socket.socket(fileno=os.dup(worker.connection.fileno())) as one:
            one.setsockopt(socket.SOL_SOCKET, direction, struct.pack("ll", 1, 0))
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(ModelError, match="has said nothing for 1 s"):
        embedder.encode_documents(["word " * 250] * 900)


def test_what_a_worker_cannot_do_is_told_as_in_one_process(embedder):
    with pytest.raises(ModelError, match="longer than the 256"):
        embedder.encode_documents(["word " * 300])
    import torch

    absent = f"cuda:{torch.cuda.device_count()}"
    with pytest.raises(ModelError, match=absent):
        _embedder(devices=[absent]).encode_documents(TEXTS)


def test_devices_are_named_or_counted():
    import torch

    if torch.cuda.is_available():
        pytest.skip("counts GPUs here")
    assert choose_devices(("cpu", "cpu")) == ["cpu", "cpu"]
    assert choose_devices(3) == ["cpu"] * 3
    assert choose_devices(None) == ["cpu"]


def test_questions_need_no_worker(embedder):
    release_model()
    (question,) = embedder.encode_queries(["Where is the cat?"])
    alone = Embedder(EmbeddingSettings(**MODEL)).encode_queries(["Where is the cat?"])
    assert np.array_equal(question.vector, alone[0].vector)
    assert processes.pool.cache_info().currsize == 0


@pytest.mark.slow
def test_released_memory_is_that_of_workers_too(embedder):
    embedder.encode_documents(TEXTS[:2])
    workers = list(_pool(embedder).workers)
    release_model()
    assert not any(_lives(worker.pid) for worker in workers)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)]
)
def test_no_worker_is_left_when_its_parent_ends(number, tmp_path):
    """Ctrl-C, and a signal after which nothing of the parent runs any more."""
    code = (
        "import sys\n"
        "from doclake.embed import Embedder\n"
        "from doclake.embed.backends import processes\n"
        "from doclake.settings import EmbeddingSettings\n"
        f"settings = EmbeddingSettings(**{MODEL!r}, backend='processes', devices=['cpu', 'cpu'])\n"
        "embedder = Embedder(settings)\n"
        "def tell(done, total):\n"
        "    pool = processes.pool(embedder.settings, embedder.source)\n"
        "    print(*[worker.pid for worker in pool.workers], flush=True)\n"
        f"while True: embedder.encode_documents({TEXTS!r}, on_batch=tell)\n"
    )
    file = tmp_path / "endless.py"
    file.write_text(code)
    with (tmp_path / "errors").open("w") as errors:
        parent = subprocess.Popen([sys.executable, file], stdout=subprocess.PIPE, stderr=errors)
    assert parent.stdout is not None
    workers = list(map(int, parent.stdout.readline().split()))
    assert len(workers) == 2
    assert all(map(_lives, workers))
    parent.send_signal(number)
    parent.stdout.close()
    assert parent.wait(20) != 0
    assert _await(lambda: not any(map(_lives, workers)))
