"""On several devices of this machine: a worker for each."""

from __future__ import annotations

import os
from functools import lru_cache

from doclake.embed.backends.devices import choose_devices
from doclake.embed.backends.pooled import Pooled
from doclake.embed.backends.process_pool import ProcessPool
from doclake.embed.backends.worker import Start
from doclake.embed.models.source import ModelSource
from doclake.settings import EmbeddingSettings


@lru_cache(maxsize=1)
def pool(settings: EmbeddingSettings, source: ModelSource) -> ProcessPool:
    """Kept for the runs that follow in this process. Raises `ModelError` for a device that is not
    there."""
    devices = choose_devices(settings.devices)
    threads = max(1, (os.cpu_count() or 1) // max(1, devices.count("cpu")))
    starts = [
        Start(settings.model_copy(update={"device": device}), source, threads) for device in devices
    ]
    return ProcessPool(tuple(starts), settings.batch_timeout.total_seconds())


class Processes(Pooled):
    """The back end `processes`."""

    def _pool(self) -> ProcessPool:
        return pool(self._settings, self._source)

    def _forget(self) -> None:
        pool.cache_clear()
