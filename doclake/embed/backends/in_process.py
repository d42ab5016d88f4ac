"""On one device, in this process: by `PackedBert` if it knows the model, else by
sentence-transformers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.loading import load
from doclake.embed.backends.packed_bert import PackedBert, pooling_of
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.embed.token_signs import packed_signs
from doclake.settings import EmbeddingSettings

_log = logging.getLogger(__name__)


class InProcess:
    """The back end `in_process`. Nothing is loaded before the first vector is asked for."""

    def __init__(self, settings: EmbeddingSettings, source: ModelSource) -> None:
        self._settings, self._source = settings, source
        self._batch_tokens = settings.batch_tokens
        self._turn = threading.Lock()

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
    def has_model(self) -> bool:
        return "model" in vars(self)

    def batches(self, lengths: Sequence[int], _: Work) -> Iterator[list[int]]:
        return pack(lengths, self._batch_tokens)

    def compute(
        self, batches: Sequence[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        """Where the device is full, a batch is halved and later ones are smaller."""
        # Before its turn: it may be computed here.
        common = mean() if work.keep == "signs" and batches else None
        waiting = list(batches)[::-1]
        while waiting:
            batch = waiting.pop()
            try:
                with self._turn:  # a tokenizer that pads is no place for two threads
                    vectors, kept = self._forward(batch, work, common)
            except Exception as error:
                if not _is_out_of_memory(error) or len(batch) == 1:
                    raise
                waiting += self._halve(batch)
                continue
            yield list(_outputs(batch, vectors, kept))

    def _forward(
        self, batch: list[Item], work: Work, mean: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Of one batch the unit vectors, and what is kept of all tokens, end to end."""
        model, ids = self.model, [item.ids for item in batch]
        if isinstance(model, PackedBert):
            vectors, states = model(ids)
        else:
            vectors, states = model([work.prompt + item.text for item in batch], ids)
        if states is None or work.keep == "nothing":
            return vectors.cpu().numpy(), None
        kept = states if mean is None else packed_signs(states, mean)
        return vectors.cpu().numpy(), kept.cpu().numpy()

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


def _outputs(batch: list[Item], vectors: np.ndarray, kept: np.ndarray | None) -> Iterator[Output]:
    start = 0
    for item, vector in zip(batch, vectors, strict=True):
        end = start + len(item.ids)
        yield item.place, vector, None if kept is None else kept[start:end][item.own]
        start = end


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError)
