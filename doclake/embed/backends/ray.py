"""On a Ray cluster: by actors, each with the model on a GPU or on CPUs of its node."""

from __future__ import annotations

from functools import lru_cache

from doclake.embed.backends.pooled import Pooled
from doclake.embed.backends.ray_pool import RayPool
from doclake.embed.models.source import ModelSource
from doclake.settings import EmbeddingSettings


@lru_cache(maxsize=1)
def pool(settings: EmbeddingSettings, source: ModelSource) -> RayPool:
    """Kept for the runs that follow in this process. Raises `ExecutorUnavailable`."""
    return RayPool(settings, source)


class OnRay(Pooled):
    """The back end `ray`."""

    def _pool(self) -> RayPool:
        return pool(self._settings, self._source)

    def _forget(self) -> None:
        pool.cache_clear()
