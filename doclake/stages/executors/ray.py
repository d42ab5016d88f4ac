"""Extraction by actors on a Ray cluster. The driver lists, hands out, counts back and commits.

Every actor has a few batches at a time. When it dies, alone or with its node, its batches go to
those that live, because another actor might wait for ever for a CPU that nobody has; whoever gets
one later joins them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any, Self

from doclake.cluster.actors import MOST_FAILED_STARTS, cannot_begin, end
from doclake.cluster.connection import Wanted, connected
from doclake.cluster.head import Head
from doclake.cluster.versions import compare
from doclake.embed.backends import ray as embedding
from doclake.errors import DocumentError, ExecutorUnavailable
from doclake.extract.document import Document, unread
from doclake.extract.receiving import read
from doclake.project import Project
from doclake.settings import Processing, Settings
from doclake.settings.operations import Alerts
from doclake.stages.executors.actor import (
    ExtractingActor,
    Given,
    Sample,
    Sent,
    sample_of,
    versions,
)
from doclake.stages.executors.base import ExtractedTree, no_outcome
from doclake.stages.executors.batches import MOST_LOSSES, Batch, Batches

_AHEAD = 2  # batches of an actor: it must not wait while the driver commits
_ROUNDS = 4  # each actor gets about so many batches of a short run, so that all end together
_SAMPLES = 10  # documents that are tried until one can be read
_TO_END = 5.0  # seconds
_ENDING = "ending"


@dataclass(eq=False, slots=True)
class _Actor:
    """`begun` resolves when it is ready; `sees_source` then says whether it reads by itself."""

    handle: Any
    versions: Any
    begun: Any
    ready: bool = False
    sees_source: bool = False
    batches: deque[tuple[Any, Batch]] = field(default_factory=deque)

    @property
    def has_suspect(self) -> bool:
        return any(batch.is_suspect for _, batch in self.batches)


class RayExecutor:
    """Connected to a cluster while it is entered. See `base.Executor`."""

    def __init__(self, source: str, settings: Settings, documents: int) -> None:
        self._source = source
        # What an actor is told: no secret, and nothing that leads back to files of this machine.
        self._settings = settings.model_copy(update={"alerts": Alerts()}).read_from(None)
        self._ray_settings = settings.processing.ray
        self._documents = documents
        self._sample: Sample | None = None
        self._actors: list[_Actor] = []
        self._failed_starts = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if not self._settings.embedding.ray.num_gpus:
            embedding.pool.cache_clear()  # its actors hold CPUs; those on GPUs take long to begin
        with ExitStack() as undo:
            undo.enter_context(connected(cluster_of(self._settings.processing)))
            self._head = Head()
            undo.callback(self._end_actors)
            self._open = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def extract(self, documents: Iterable[Document]) -> Iterator[ExtractedTree]:
        """As `base.Executor.extract`. Raises `ExecutorUnavailable` if no actor comes to life."""
        documents = iter(documents)
        first = list(islice(documents, _SAMPLES))
        self._sample = self._sampled(first)
        wanted = self._wanted()
        for _ in range(wanted):
            self._start()
        size = math.ceil(self._documents / (wanted * _ROUNDS))
        batches = Batches(chain(first, documents), size)
        while True:
            yield from self._hand_out(batches)
            if not any(actor.batches for actor in self._actors) and batches.is_empty():
                return
            yield from self._taken(batches)

    def _wanted(self) -> int:
        """As many actors as there are documents, CPUs, or as the settings say. On a cluster that
        grows by what is asked of it, name a number."""
        import ray

        cpus = ray.cluster_resources().get("CPU", 0) // self._ray_settings.num_cpus
        most = self._ray_settings.actors or int(cpus)
        return max(1, min(most, self._documents))

    def _sampled(self, documents: list[Document]) -> Sample | None:
        source = Project.of(self._settings).open_source(self._source, read_only=True)
        samples = (sample_of(source, document.path) for document in documents)
        return next((sample for sample in samples if sample), None)

    def _start(self) -> None:
        import ray

        wanted = self._ray_settings
        remote = ray.remote(
            num_cpus=wanted.num_cpus,
            resources=wanted.resources or None,
            max_restarts=0,
            concurrency_groups={_ENDING: 1},  # it must not wait for a batch
        )
        handle = remote(ExtractingActor).remote()
        begun = handle.begin.remote(self._source, self._settings, wanted.num_cpus, self._sample)
        self._actors.append(_Actor(handle, handle.versions.remote(), begun))

    def _hand_out(self, batches: Batches) -> Iterator[ExtractedTree]:
        """Fill the queues of the actors evenly. What is given back at once, the driver could not
        read."""
        for held in range(_AHEAD):
            for actor in self._actors:
                if not actor.ready or len(actor.batches) > held or actor.has_suspect:
                    continue
                batch = batches.next()
                if batch is None:
                    return
                if batch.is_suspect and actor.batches:
                    batches.put_back(batch)  # until an actor is idle
                    return
                sent, failed = self._sent(batch, actor.sees_source and not batch.from_driver)
                yield from failed
                if sent:
                    names = {one.doc_id for one in sent}
                    left = [d for d in batch.documents if d.doc_id in names]
                    reference = actor.handle.extract.remote(sent)
                    actor.batches.append((reference, replace(batch, documents=left)))

    def _sent(self, batch: Batch, by_path: bool) -> tuple[list[Sent], list[ExtractedTree]]:
        sent: list[Sent] = []
        failed: list[ExtractedTree] = []
        for document in batch.documents:
            try:
                data = None if by_path else read(document, self._settings.limits)
            except DocumentError as error:
                failed.append((unread(document, error),))
                continue
            facts = (document.bucket, document.doc_id, document.path, document.known, document.size)
            sent.append(Sent(*facts, data))
        return sent, failed

    def _taken(self, batches: Batches) -> Iterator[ExtractedTree]:
        """Wait for an actor to be ready or to have done a batch, and take what it gives."""
        of = {actor.batches[0][0]: actor for actor in self._actors if actor.batches}
        of |= {actor.begun: actor for actor in self._actors if not actor.ready}
        lives = any(actor.ready for actor in self._actors)
        patience = None if lives else self._ray_settings.wait.total_seconds()
        done = self._head.first_done(list(of), patience)
        if not done:
            raise ExecutorUnavailable(
                f"No actor got {self._ray_settings.num_cpus} CPUs within {patience:.0f} s.",
                mend="Add a node, or correct processing.ray.num_cpus, resources and wait.",
            )
        actor = of[done[0]]
        if actor.ready:
            yield from self._outcomes(actor, batches)
        else:
            self._begin(actor)

    def _begin(self, actor: _Actor) -> None:
        import ray

        try:
            compare(ray.get(actor.versions), versions())
            actor.sees_source = ray.get(actor.begun)
            actor.ready = True
            self._failed_starts = 0
        except ray.exceptions.RayTaskError as error:
            raise cannot_begin(error) from error
        except ray.exceptions.RayError as error:
            self._failed_starts += 1
            if self._failed_starts >= MOST_FAILED_STARTS:
                raise cannot_begin(error) from error
            self._replace(actor)

    def _outcomes(self, actor: _Actor, batches: Batches) -> Iterator[ExtractedTree]:
        """Of its oldest batch. Where none comes of it, the documents go to others."""
        import ray

        reference, batch = actor.batches.popleft()
        given: list[Given] = []
        try:
            given = ray.get(reference)
        except ray.exceptions.RayTaskError:
            pass  # the actor lives
        except ray.exceptions.RayError:
            self._replace(actor)
            for _, never_begun in actor.batches:
                batches.put_back(never_begun)
        if [doc_id for doc_id, _ in given] != [document.doc_id for document in batch.documents]:
            yield from self._lost(batch, batches)
            return
        for document, (_, tree) in zip(batch.documents, given, strict=True):
            if tree is None:
                batches.unread(document)
            else:
                yield tree

    def _lost(self, batch: Batch, batches: Batches) -> Iterator[ExtractedTree]:
        document = batches.lost(batch)
        if document is not None:
            yield (unread(document, no_outcome(MOST_LOSSES)),)

    def _replace(self, actor: _Actor) -> None:
        """Another one begins when there is a CPU for it; nobody waits for that."""
        end(actor.handle)
        self._actors.remove(actor)
        self._start()

    def _end_actors(self) -> None:
        """In good order where they answer, so that nothing stays in their temporary folders."""
        import ray

        with suppress(Exception):
            ready = [actor.handle for actor in self._actors if actor.ready]
            ends = [handle.end.options(concurrency_group=_ENDING).remote() for handle in ready]
            ray.wait(ends, num_returns=len(ends), timeout=_TO_END)
        for actor in self._actors:
            end(actor.handle)


def cluster_of(processing: Processing) -> Wanted:
    """Where to extract. A cluster of this machine has a CPU for each local worker."""
    cpus = max(processing.workers, processing.ray.num_cpus)
    return Wanted(processing.ray.address, cpus, processing.ray.resources)
