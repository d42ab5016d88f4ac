"""A few texts of a bundled model, sooner than torch is imported; all where it is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.backends.numpy_bert import NumpyBert
from doclake.embed.backends.threads import one_thread
from doclake.embed.models.source import ModelSource
from doclake.embed.token_signs import signs


class InNumpy:
    """Text by text, in float32 on one thread of the processor."""

    has_model = True
    leaves_processor = False

    def __init__(self, source: ModelSource) -> None:
        self._source = source

    @cached_property
    def _bert(self) -> NumpyBert:
        self._source.verify()
        return NumpyBert(self._source.folder)

    @property
    def dimension(self) -> int:
        return self._bert.dimension

    def ready(self) -> None:
        """Its model is read with the first text, in milliseconds."""

    def batches(self, lengths: Sequence[int], _: Work) -> Iterator[list[int]]:
        return ([place] for place in range(len(lengths)))

    def compute(
        self, batches: Iterable[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        for (item,) in batches:
            with one_thread():
                states = self._bert.states(item.ids)
            own = None if work.keep == "nothing" else states[item.own]
            if own is not None and work.keep == "signs":
                own = signs(own, mean())
            yield [(item.place, self._bert.pooled(states), own)]
