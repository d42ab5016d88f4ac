"""Where documents are extracted: in workers of this process, or on a Ray cluster."""

from __future__ import annotations

from doclake.settings import Settings
from doclake.stages.executors.base import Executor, accounted

__all__ = ["Executor", "accounted", "open_executor"]


def open_executor(source: str, settings: Settings, documents: int) -> Executor:
    """The executor that the settings name, for about so many documents of a source; a context
    manager. Raises `ExecutorUnavailable` when it is entered and cannot work."""
    if settings.processing.executor == "ray":
        from doclake.stages.executors.ray import RayExecutor

        return RayExecutor(source, settings, documents)
    from doclake.stages.executors import local

    return local.executor(settings)
