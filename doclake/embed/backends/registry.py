"""The back ends by name, and the memory that they hold between runs given back."""

from __future__ import annotations

from doclake.embed.backends import processes, ray
from doclake.embed.backends.base import Backend
from doclake.embed.backends.in_process import InProcess
from doclake.embed.backends.loading import load
from doclake.embed.backends.processes import Processes
from doclake.embed.backends.server import EmbeddingsServer
from doclake.embed.backends.threads import give_back_memory
from doclake.embed.models.source import ModelSource
from doclake.settings import EmbeddingSettings


def of_documents(settings: EmbeddingSettings, source: ModelSource, fingerprint: str) -> Backend:
    """The back end that the settings name. `fingerprint` is the model's."""
    if settings.backend == "processes":
        return Processes(settings, source)
    if settings.backend == "server":
        return EmbeddingsServer(settings.server, fingerprint)
    if settings.backend == "ray":
        return ray.OnRay(settings, source)
    return InProcess(settings, source)


def release_model() -> None:
    """Give back the memory of the loaded model, unless an `Embedder` still holds it, and end idle
    workers and actors."""
    import gc

    load.cache_clear()
    processes.pool.cache_clear()
    ray.pool.cache_clear()
    gc.collect()
    give_back_memory()
