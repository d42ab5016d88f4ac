"""What the back ends `processes` and `ray` have in common: a pool that stays for later runs."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.backends.pool import Pool
from doclake.embed.backends.worker import Job
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.settings import EmbeddingSettings

_turn = threading.Lock()


class Pooled(ABC):
    """A back end whose workers start with the first batch."""

    has_model = False
    leaves_processor = True

    def __init__(self, settings: EmbeddingSettings, source: ModelSource) -> None:
        self._settings, self._source = settings, source
        self._dimension: int | None = None

    @abstractmethod
    def _pool(self) -> Pool[Any]:
        """That of these settings and model, made if it is not there. Raises `ModelError`."""

    @abstractmethod
    def _forget(self) -> None:
        """Let the next `_pool` be another one."""

    @property
    def dimension(self) -> int:
        if self._dimension is None:
            with self._workers() as workers:
                self._dimension = workers.dimension()
        return self._dimension

    def ready(self) -> None:
        assert self.dimension

    def batches(self, lengths: Sequence[int], _: Work) -> Iterator[list[int]]:
        return pack(lengths, self._settings.batch_tokens)

    def compute(
        self, batches: Iterable[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        coming = iter(batches)
        first = next(coming, None)
        if first is None:
            return
        # Before the workers are taken: they may be asked for it.
        common = mean() if work.keep == "signs" else None
        with self._workers() as workers:
            # Others ask for it while this one computes.
            self._dimension = workers.dimension()
            yield from workers.run(Job(batch, work, common) for batch in chain([first], coming))

    @contextmanager
    def _workers(self) -> Iterator[Pool[Any]]:
        """For one thread at a time. After an error or an interruption they are ended: some may be
        at work still, or hang."""
        with _turn:
            workers = self._pool()
            try:
                yield workers
            except BaseException:
                workers.close()
                self._forget()
                raise
