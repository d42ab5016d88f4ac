"""Workers that compute batches from one queue, be they processes or actors, and live for the runs
that follow.

Each takes the next batch when it is free, the longest first. A worker that dies gives its batches
back, the one it was at once: the same texts may kill the next worker. One that is silent for too
long is not waited for.
"""

from __future__ import annotations

import os
import time
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar, Generic, Self, TypeVar

from doclake.embed.backends.base import Output
from doclake.embed.backends.worker import Answer, Job, Ready
from doclake.errors import DoclakeError, ModelError


class Worker(ABC):
    """One that computes batch after batch as soon as its model is loaded. `jobs` are those it has,
    at most `AHEAD`; it is at work on the first, and must have said something until `until`."""

    AHEAD: ClassVar[int] = 1
    MEND: ClassVar[str]
    """What may help against its death."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.jobs: deque[Job] = deque()
        self.dimension: int | None = None
        self.until = time.monotonic() + seconds

    @property
    @abstractmethod
    def name(self) -> str:
        """Such as `A worker that embeds on cuda:0`."""

    @property
    @abstractmethod
    def device(self) -> str: ...

    @abstractmethod
    def _say(self, job: Job) -> None:
        """Hand it over. It never raises: of a dead one the silence is heard."""

    @abstractmethod
    def _hear(self) -> Answer | None:
        """What it says; None for what concerns nobody else. Raises `EOFError` or `OSError` if it is
        dead."""

    @abstractmethod
    def end(self) -> str:
        """End it, unless it is dead. Says how it died."""

    @abstractmethod
    def another(self) -> Self:
        """A new one like it."""

    @property
    def job(self) -> Job | None:
        """The batch it computes; None while it loads the model or is idle."""
        return self.jobs[0] if self.jobs else None

    @property
    def is_loading(self) -> bool:
        return self.dimension is None

    @property
    def is_awaited(self) -> bool:
        return self.is_loading or bool(self.jobs)

    def give(self, job: Job) -> None:
        if not self.jobs:
            self._begin_anew()
        self.jobs.append(job)
        self._say(job)

    def answer(self) -> list[Output] | None:
        """The outputs of its first batch, or None if it says something else. Raises what it raised,
        and what `_hear` does."""
        said = self._hear()
        self._begin_anew()
        if isinstance(said, DoclakeError):
            raise said
        if isinstance(said, Ready):
            self.dimension = said.dimension
            return None
        if said is not None:
            self.jobs.popleft()
        return said

    def _begin_anew(self) -> None:
        self.until = time.monotonic() + self._seconds


class _Queue:
    """Jobs that wait: those that came back, then those that are made when they are asked for."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._coming, self._waiting = iter(jobs), deque[Job]()

    def fill(self, count: int) -> int:
        """Have so many ready to take; returns how many there are."""
        self._waiting.extend(islice(self._coming, max(0, count - len(self._waiting))))
        return len(self._waiting)

    def take(self) -> Job:
        return self._waiting.popleft()

    def put_back(self, jobs: Sequence[Job]) -> None:
        self._waiting.extendleft(reversed(jobs))


OneWorker = TypeVar("OneWorker", bound=Worker)


class Pool(ABC, Generic[OneWorker]):
    """Workers that live until `close`, or until nobody holds the pool. One thread at a time may use
    it."""

    most: int = 0
    """So many workers there may be where they are started as they are needed."""
    MOST_FAILED_STARTS: ClassVar[int] = 1
    """So many workers in a row may die before their model is loaded; that ends the run."""

    def __init__(self, seconds: float, last: Callable[[], object] | None = None) -> None:
        """A worker may take so many seconds to load its model, and for each batch. `last` is done
        when all of them are ended."""
        self._seconds = seconds
        self.workers: list[OneWorker] = []
        self._failed_starts = 0
        self.close = weakref.finalize(self, _end, self.workers, os.getpid(), last)

    @abstractmethod
    def _heard(self) -> list[OneWorker]:
        """Workers that have said something, or have died. Raises `ModelError` for one that is
        silent for too long."""

    def _grow(self, jobs: int) -> None:
        """Start what workers are lacking for so many jobs."""

    def dimension(self) -> int:
        """Of the model, once a worker has loaded it. Raises `ModelError`."""
        self._grow(1)
        while all(worker.is_loading for worker in self.workers):
            for worker in self._heard():
                self._answer(worker, [])
        return next(worker.dimension for worker in self.workers if worker.dimension is not None)

    def run(self, jobs: Iterable[Job]) -> Iterator[list[Output]]:
        """The outputs of each job, in any order; a job is asked for when there is room for it.
        Raises `ModelError`; then, or if it is left early, workers may be at work still: `close`
        ends them."""
        queue, lost = _Queue(jobs), list[Job]()
        self._grow(queue.fill(self.most))
        while queue.fill(1) or any(worker.jobs for worker in self.workers):
            self._hand_out(queue)
            for worker in self._heard():
                outputs = self._answer(worker, lost, queue)
                if outputs is not None:
                    yield outputs

    def _hand_out(self, queue: _Queue) -> None:
        """Evenly: nobody gets a second batch before all have one."""
        for held in range(max((worker.AHEAD for worker in self.workers), default=0)):
            for worker in self.workers:
                has_room = not worker.is_loading and len(worker.jobs) == held < worker.AHEAD
                if has_room and queue.fill(1):
                    worker.give(queue.take())

    def _answer(
        self, worker: OneWorker, lost: list[Job], queue: _Queue | None = None
    ) -> list[Output] | None:
        """What a worker says. If it is dead, another one takes its place, and its batches go back
        to the queue. Raises `ModelError` if the one it was at was lost before."""
        try:
            outputs = worker.answer()
        except (EOFError, OSError):
            self._replace(worker, lost)
            if queue is not None:
                queue.put_back(worker.jobs)
            return None
        if not worker.is_loading:
            self._failed_starts = 0
        return outputs

    def _replace(self, worker: OneWorker, lost: list[Job]) -> None:
        how, job = worker.end(), worker.job
        if worker.is_loading:
            self._failed_starts += 1
            if self._failed_starts >= self.MOST_FAILED_STARTS:
                raise _died(worker, how, "before its model was loaded")
        if job is not None:
            if any(job is one for one in lost):
                raise _died(worker, how, f"of a batch of {len(job.batch)} texts, as one before it")
            lost.append(job)
        self.workers[self.workers.index(worker)] = worker.another()


def _end(workers: list[OneWorker], owner: int, last: Callable[[], object] | None) -> None:
    if os.getpid() != owner:  # a fork, to which they do not belong
        return
    for worker in workers:
        worker.end()
    if last is not None:
        last()


def _facts(worker: Worker) -> dict[str, Any]:
    job = worker.job
    return {
        "device": worker.device,
        "texts": len(job.batch) if job else 0,
        "tokens": job.tokens if job else 0,
    }


def _died(worker: Worker, how: str, when: str) -> ModelError:
    return ModelError(f"{worker.name} {how} {when}.", mend=worker.MEND, **_facts(worker))


def silent(worker: Worker, seconds: float) -> ModelError:
    """That a worker took too long."""
    what = f"on a batch of {len(worker.job.batch)} texts" if worker.job else "while it loads"
    return ModelError(
        f"{worker.name} has said nothing for {seconds:g} s {what}.",
        mend="Look whether the device hangs; else raise embedding.batch_timeout.",
        **_facts(worker),
    )
