"""A worker of the back end `processes`: one model on one device, batch after batch.

It hears pickles of its parent alone, over a socket pair. It ends when the parent closes the socket,
or is gone. What it does with a batch, an actor does as well.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np

from doclake.embed.backends.base import Item, Output, Work
from doclake.embed.backends.in_process import InProcess
from doclake.embed.backends.threads import prepare_torch
from doclake.embed.models.source import ModelSource
from doclake.errors import DoclakeError, ModelError
from doclake.errors.foreign import in_words
from doclake.settings import EmbeddingSettings

_LOOK = 0.5  # seconds between looks at whether the parent still lives


@dataclass(frozen=True)
class Start:
    """What a worker is started with. `settings.device` is its own; on the processor it computes
    with so many threads."""

    settings: EmbeddingSettings
    source: ModelSource
    threads: int


@dataclass(frozen=True)
class Ready:
    """The model is loaded."""

    dimension: int


@dataclass(frozen=True)
class Job:
    """One batch. `mean` is there if signs are kept."""

    batch: list[Item]
    work: Work
    mean: np.ndarray | None

    @property
    def tokens(self) -> int:
        return sum(len(item.ids) for item in self.batch)


Answer = Ready | list[Output] | DoclakeError


def main(descriptor: int, parent: int) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with Connection(descriptor) as connection:
        try:
            _serve(connection)
        except (EOFError, OSError):
            return  # the parent wants no more


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


def _serve(connection: Connection) -> None:
    start: Start = connection.recv()
    try:
        backend = loaded(start)
    except Exception as error:  # whatever it is, the parent tells it
        connection.send(_told(error, start))
        return
    connection.send(Ready(backend.dimension))
    while True:
        job: Job = connection.recv()
        try:
            answer: Answer = computed(backend, job)
        except Exception as error:  # as above
            answer = _told(error, start)
        connection.send(answer)


def loaded(start: Start) -> InProcess:
    """A back end with its model. Raises `ModelError`."""
    prepare_torch()
    import torch

    if start.settings.device == "cpu":
        torch.set_num_threads(start.threads)
    backend = InProcess(start.settings, start.source)
    assert backend.model
    return backend


def computed(backend: InProcess, job: Job) -> list[Output]:
    """Raises `ModelError`."""

    def mean() -> np.ndarray:
        assert job.mean is not None
        return job.mean

    return [output for part in backend.compute([job.batch], job.work, mean) for output in part]


def _told(error: Exception, start: Start) -> DoclakeError:
    if isinstance(error, DoclakeError):
        return error
    return ModelError(
        f"The worker on {start.settings.device} failed: {in_words(error)}.",
        mend="Try embedding.backend: in_process, or another device.",
        device=start.settings.device,
    )
