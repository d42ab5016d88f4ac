"""On one device, in this process: by `PackedBert` if it knows the model, else by
sentence-transformers."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import wait
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from doclake.deadline import started
from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.loading import load
from doclake.embed.backends.packed_bert import PackedBert, pooling_of
from doclake.embed.backends.peak import peak
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.embed.backends.threads import give_back_memory
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.embed.token_signs import packed_signs
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")
_AHEAD = ("cuda",)
"""Devices that are handed work and compute it later."""
_UNWATCHED = ("cpu",)
"""Has no driver that could hang; and the heap of a thread of its own took 100 to 300 MB more."""

_ON_PROCESSOR = 2_048
"""Tokens of a batch there: what it multiplies stays near the cache, and takes less memory."""
_TRIMMED = 64
"""Batches after which freed memory goes back to the system."""

_log = logging.getLogger(__name__)


class InProcess:
    """The back end `in_process`. Nothing is loaded before the first vector is asked for."""

    def __init__(self, settings: EmbeddingSettings, source: ModelSource) -> None:
        self._settings, self._source = settings, source
        self._batch_tokens = settings.batch_tokens
        self._turn = threading.Lock()
        self._hung: ModelError | None = None

    @cached_property
    def device(self) -> str:
        return choose_device(self._settings.device)

    @cached_property
    def dtype(self) -> str:
        """Name of the chosen type: float32, bfloat16 or float16."""
        return choose_dtype(self._settings.dtype, self.device, packed=self._is_packed)

    @cached_property
    def model(self) -> PackedBert | SentenceModel:
        """The loaded model. Raises `ModelError` if its files are not right."""
        self._source.verify()
        name, folder = self._source.name, str(self._source.folder)
        return load(name, folder, self.device, self.dtype, packed=self._is_packed)

    @cached_property
    def _is_packed(self) -> bool:
        return pooling_of(self._source.folder) is not None

    @property
    def dimension(self) -> int:
        return self.model.dimension

    @property
    def peak(self) -> float:
        """Operations a second of large products in the chosen type, measured now."""
        return peak(self.device, self.dtype)

    @property
    def has_model(self) -> bool:
        return "model" in vars(self)

    @property
    def leaves_processor(self) -> bool:
        return self.device != "cpu"

    def ready(self) -> None:
        with self._turn:
            self._awaited(lambda: self.model, [])

    def batches(self, lengths: Sequence[int], _: Work) -> Iterator[list[int]]:
        if self.device != "cpu":
            yield from pack(lengths, self._batch_tokens)
            return
        for number, batch in enumerate(pack(lengths, min(_ON_PROCESSOR, self._batch_tokens))):
            if number % _TRIMMED == 0:
                give_back_memory()
            yield batch

    def compute(
        self, batches: Iterable[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        """Where the device is full, a batch is halved and later ones are smaller. A device that
        computes while this process goes on has its next batch before the last one is read."""
        coming, waiting = iter(batches), list[list[Item]]()
        running: _Running | None = None
        common: np.ndarray | None = None
        while batch := waiting.pop() if waiting else next(coming, None):
            if work.keep == "signs" and common is None:
                common = mean()  # it may be computed here, so before a batch is
            try:
                begun = self._started(batch, work, common)
            except Exception as error:
                if not _is_out_of_memory(error) or (len(batch) == 1 and running is None):
                    raise
                waiting += self._halve(batch) if len(batch) > 1 else [batch]
                begun = None
            if running is not None:
                yield self._read(running)
            running = begun
            if running is not None and self.device.partition(":")[0] not in _AHEAD:
                yield self._read(running)
                running = None
        if running is not None:
            yield self._read(running)

    def _started(self, batch: list[Item], work: Work, mean: np.ndarray | None) -> _Running:
        """For one thread at a time: a tokenizer that pads is no place for two."""
        with self._turn:
            return self._awaited(partial(self._forward, batch, work, mean), batch)

    def _read(self, running: _Running) -> list[Output]:
        """What a batch gave, once the device has computed it."""
        return self._awaited(running.outputs, running.batch)

    def _awaited(self, call: Callable[[], T], batch: list[Item]) -> T:
        """What the call gives. Raises `ModelError` if the device gives no answer in time. Its
        thread cannot be ended: whatever is asked of the device later is refused at once."""
        if self.device in _UNWATCHED:
            return call()
        if self._hung is not None:
            raise self._hung
        seconds = self._settings.batch_timeout.total_seconds()
        answer = started(call)
        try:
            return answer.result(seconds)
        except TimeoutError:
            self._hung = _silent(self.device, batch, seconds)
            raise self._hung from None
        except BaseException:
            wait([answer], seconds)  # a process that ends while torch computes may crash
            raise

    def _forward(self, batch: list[Item], work: Work, mean: np.ndarray | None) -> _Running:
        """Begin one batch; on a processor, compute it."""
        model, ids = self.model, [item.ids for item in batch]
        if isinstance(model, PackedBert):
            vectors, states = model(ids)
        else:
            vectors, states = model([work.prompt + item.text for item in batch], ids)
        if states is None or work.keep == "nothing":
            return _Running(batch, vectors)
        return _Running(batch, vectors, states if mean is None else packed_signs(states, mean))

    def _halve(self, batch: list[Item]) -> list[list[Item]]:
        """The two halves of the batch, and smaller batches from now on."""
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        cost = len(batch[0].ids) * len(batch)
        self._batch_tokens = max(64, min(self._batch_tokens, cost) // 2)
        _log.warning("Out of device memory: going on with %d tokens a batch", self._batch_tokens)
        middle = (len(batch) + 1) // 2
        return [batch[middle:], batch[:middle]]


class _Running:
    """A batch that the device computes: its vectors, and what is kept of all tokens, end to end, on
    their way to this process's memory."""

    def __init__(self, batch: list[Item], vectors: Tensor, kept: Tensor | None = None) -> None:
        import torch

        self.batch = batch
        is_cuda = vectors.is_cuda
        self._vectors = vectors.to("cpu", non_blocking=is_cuda)
        self._kept = None if kept is None else kept.to("cpu", non_blocking=is_cuda)
        # Not of the stream, which by then has the next batch to compute.
        self._end = torch.cuda.current_stream(vectors.device).record_event() if is_cuda else None

    def outputs(self) -> list[Output]:
        if self._end is not None:
            self._end.synchronize()
        kept = None if self._kept is None else self._kept.numpy()
        return list(_outputs(self.batch, self._vectors.numpy(), kept))


def _outputs(batch: list[Item], vectors: np.ndarray, kept: np.ndarray | None) -> Iterator[Output]:
    start = 0
    for item, vector in zip(batch, vectors, strict=True):
        end = start + len(item.ids)
        yield item.place, vector, None if kept is None else kept[start:end][item.own]
        start = end


def _is_out_of_memory(error: Exception) -> bool:
    torch = sys.modules.get("torch")  # not imported yet, it cannot have raised
    return torch is not None and isinstance(error, torch.OutOfMemoryError)


def _silent(device: str, batch: list[Item], seconds: float) -> ModelError:
    what = f"to a batch of {len(batch)} texts" if batch else "while the model is loaded"
    return ModelError(
        f"The device {device} has given no answer for {seconds:g} s {what}.",
        mend="Look whether the device hangs, and start this process anew; else raise "
        "embedding.batch_timeout.",
        device=device,
        texts=len(batch),
        tokens=sum(len(item.ids) for item in batch),
    )
