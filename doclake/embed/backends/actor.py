"""What embeds on a node of a cluster: the model on what Ray gave the actor. Nothing of Ray.

The node has the model itself: one that is bundled, or in a folder under the same path, or its own
copy of one of the hub.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from doclake import fingerprints
from doclake.cluster import versions as cluster
from doclake.embed.backends.base import Output
from doclake.embed.backends.in_process import InProcess
from doclake.embed.backends.worker import Job, Ready, Start, computed, loaded
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.errors import ExecutorUnavailable
from doclake.settings import EmbeddingSettings
from doclake.settings.embedding import is_hub_id

_PACKAGES = ("sentence-transformers", "tokenizers", "torch", "transformers")


@dataclass(frozen=True)
class Greeting:
    """That an actor has its place."""

    node: str
    pid: int
    versions: dict[str, str]


class EmbeddingActor:
    """Made and called by the driver."""

    def __init__(self) -> None:
        self._backend: InProcess | None = None

    def greet(self) -> Greeting:
        return Greeting(platform.node(), os.getpid(), versions())

    def load(self, settings: EmbeddingSettings, identity: str) -> Ready:
        """Raises `ModelError`, and `ExecutorUnavailable` if the model is another one here."""
        source = resolve(settings)
        if identity_of(settings, source) != identity:
            raise ExecutorUnavailable(
                f"On {platform.node()}, {settings.model} is another model than where the run was "
                "started.",
                mend="Pin embedding.revision, or put the same files on every node.",
            )
        self._backend = loaded(Start(settings, source, max(1, settings.ray.num_cpus)))
        return Ready(self._backend.dimension)

    def compute(self, job: Job) -> list[Output]:
        """Raises `ModelError`."""
        assert self._backend is not None
        return computed(self._backend, job)


def versions() -> dict[str, str]:
    """What must be equal where a lake's vectors are made."""
    return cluster.versions(_PACKAGES) | {"its code of embedding": str(fingerprints.CODE["embed"])}


def identity_of(settings: EmbeddingSettings, source: ModelSource) -> str:
    """Equal where the files of the model are: of one from the hub its commit, which names the
    folder, is part of that. Raises `ModelError`."""
    commit = source.folder.name if is_hub_id(settings.model) else ""
    return f"{fingerprints.model(settings)} {commit}"
