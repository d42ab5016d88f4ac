"""Workers that are actors on a Ray cluster.

When one dies, alone or with its node, its batches go to those that live, because another actor
might wait for ever for a place that nobody has; it joins them when it gets one.
"""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import ExitStack
from typing import Any, Self

from doclake.cluster import actors
from doclake.cluster.connection import Wanted, connected
from doclake.cluster.head import Head
from doclake.cluster.versions import compare
from doclake.embed.backends.actor import EmbeddingActor, Greeting, identity_of, versions
from doclake.embed.backends.pool import Pool, Worker, silent
from doclake.embed.backends.worker import Answer, Job
from doclake.embed.models.source import ModelSource
from doclake.errors import DoclakeError, ExecutorUnavailable, ModelError
from doclake.errors.foreign import in_words
from doclake.settings import EmbeddingRaySettings, EmbeddingSettings


class ActorWorker(Worker):
    """First it waits for a place, then it loads the model."""

    AHEAD = 2  # it must not wait for the network
    MEND = "If memory ran out there, lower embedding.batch_tokens; Ray's log says why actors end."

    def __init__(self, settings: EmbeddingSettings, identity: str) -> None:
        import ray

        super().__init__(settings.batch_timeout.total_seconds())
        self._settings, self._identity = settings, identity
        own = settings.ray
        remote = ray.remote(num_cpus=own.num_cpus, num_gpus=own.num_gpus, max_restarts=0)
        self.handle = remote(EmbeddingActor).remote()
        self._references: deque[Any] = deque([self.handle.greet.remote()])
        self.place: Greeting | None = None
        self.until = time.monotonic() + own.wait.total_seconds()

    @property
    def reference(self) -> Any:
        """Of what it is to say next."""
        return self._references[0]

    @property
    def name(self) -> str:
        on = f"{self.device} of {self.place.node}" if self.place else self.device
        return f"An actor that embeds on {on}"

    @property
    def device(self) -> str:
        return self._settings.device

    def _say(self, job: Job) -> None:
        self._references.append(self.handle.compute.remote(job))

    def _hear(self) -> Answer | None:
        import ray

        try:
            said = ray.get(self._references.popleft(), timeout=self._seconds)
        except ray.exceptions.RayTaskError as error:
            raise self._told(error) from error
        except ray.exceptions.RayError as error:
            raise EOFError(str(error)) from error
        if not isinstance(said, Greeting):
            answer: Answer = said
            return answer
        compare(said.versions, versions())
        self.place = said
        self._references.append(self.handle.load.remote(self._settings, self._identity))
        return None

    def _told(self, error: Exception) -> DoclakeError:
        cause = getattr(error, "cause", error)
        if isinstance(cause, DoclakeError):
            return cause
        if self.is_loading:
            return actors.cannot_begin(error)
        return ModelError(
            f"{self.name} failed: {in_words(cause)}.",
            mend="Try embedding.backend: in_process, or another device.",
            device=self.device,
        )

    def end(self) -> str:
        actors.end(self.handle)
        return "died"

    def another(self) -> Self:
        return type(self)(self._settings, self._identity)


class RayPool(Pool[ActorWorker]):
    """Connected to a cluster while it lives. It starts no more actors than there are batches."""

    MOST_FAILED_STARTS = actors.MOST_FAILED_STARTS

    def __init__(self, settings: EmbeddingSettings, source: ModelSource) -> None:
        """Raises `ExecutorUnavailable`."""
        # Ray shows an actor its own GPUs alone; without one, it leaves those of its node to others.
        changes = {"device": "cuda:0" if settings.ray.num_gpus else "cpu"}
        if settings.folder is not None:
            changes["model"] = str(source.folder)
        self._settings = settings.model_copy(update=changes)
        self._identity = identity_of(self._settings, source)
        with ExitStack() as connection:
            connection.enter_context(connected(cluster_of(settings.ray)))
            self._head = Head()
            self.most = self._settings.ray.actors or self._places()
            seconds = settings.batch_timeout.total_seconds()
            super().__init__(seconds, connection.pop_all().close)

    def _places(self) -> int:
        import ray

        own, there = self._settings.ray, ray.cluster_resources()
        kind, each = ("GPU", own.num_gpus) if own.num_gpus else ("CPU", max(1, own.num_cpus))
        return max(1, int(there.get(kind, 0) / each))

    def _grow(self, jobs: int) -> None:
        for _ in range(min(self.most, jobs) - len(self.workers)):
            self.workers.append(ActorWorker(self._settings, self._identity))

    def _heard(self) -> list[ActorWorker]:
        """As `Pool._heard`. Raises `ExecutorUnavailable` if no actor gets a place, or the head of
        the cluster is gone."""
        awaited = {worker.reference: worker for worker in self.workers if worker.is_awaited}
        placed = [worker for worker in awaited.values() if worker.place]
        if placed:
            first = min(placed, key=lambda worker: worker.until)
        else:
            first = max(awaited.values(), key=lambda worker: worker.until)
        patience = max(0.0, first.until - time.monotonic())
        done = self._head.first_done(list(awaited), patience)
        if done:
            return [awaited[reference] for reference in done]
        if first.place:
            raise silent(first, self._seconds)
        own = self._settings.ray
        raise ExecutorUnavailable(
            f"No actor got {own.num_cpus} CPUs and {own.num_gpus:g} GPUs within "
            f"{own.wait.total_seconds():.0f} s.",
            mend="Add a node, or correct embedding.ray.num_cpus, num_gpus and wait.",
        )


def cluster_of(settings: EmbeddingRaySettings) -> Wanted:
    """Where to embed."""
    return Wanted(settings.address, max(settings.num_cpus, os.cpu_count() or 1))
