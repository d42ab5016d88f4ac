"""On several devices of this machine: a worker for each."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.backends.devices import choose_devices
from doclake.embed.backends.pool import Pool
from doclake.embed.backends.worker import Job, Start
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.settings import EmbeddingSettings

_turn = threading.Lock()


@lru_cache(maxsize=1)
def pool(settings: EmbeddingSettings, source: ModelSource) -> Pool:
    """Kept for the runs that follow in this process. Raises `ModelError` for a device that is not
    there."""
    devices = choose_devices(settings.devices)
    threads = max(1, (os.cpu_count() or 1) // max(1, devices.count("cpu")))
    starts = [
        Start(settings.model_copy(update={"device": device}), source, threads) for device in devices
    ]
    return Pool(tuple(starts), settings.batch_timeout.total_seconds())


class Processes:
    """The back end `processes`. Workers start with the first batch."""

    has_model = False

    def __init__(self, settings: EmbeddingSettings, source: ModelSource) -> None:
        self._settings, self._source = settings, source

    @property
    def dimension(self) -> int:
        with self._workers() as workers:
            return workers.dimension()

    def batches(self, lengths: Sequence[int], _: Work) -> Iterator[list[int]]:
        return pack(lengths, self._settings.batch_tokens)

    def compute(
        self, batches: Sequence[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        # Before the workers are taken: they may be asked for it.
        common = mean() if work.keep == "signs" and batches else None
        with self._workers() as workers:
            yield from workers.run([Job(batch, work, common) for batch in batches])

    @contextmanager
    def _workers(self) -> Iterator[Pool]:
        """For one thread at a time. After an error or an interruption they are ended: some may be
        at work still, or hang."""
        with _turn:
            workers = pool(self._settings, self._source)
            try:
                yield workers
            except BaseException:
                workers.close()
                pool.cache_clear()
                raise
