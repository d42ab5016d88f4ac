"""Batches of even length: the cost of a batch is its longest text times its count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_EVEN = 0.9
_ENOUGH = 512
"""Tokens that keep a processor busy; of a GPU's larger batches, a 16th."""


def pack(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Indexes of the texts of each batch, longest first.

    No batch costs more than `batch_tokens`, padding included, except a single text that is longer
    alone. A batch that is large enough takes no text more than a tenth shorter than its longest:
    filled up, batches of few texts would be a third padding. Texts are sorted by tokens, because a
    Korean character has several times the tokens of an English one: sorted by characters, mixed
    batches would be padded heavily.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batch: list[int] = []
    for index in order:
        longest = lengths[batch[0]] if batch else 0
        is_full = longest * (len(batch) + 1) > batch_tokens
        is_enough = longest * len(batch) >= max(_ENOUGH, batch_tokens // 16)
        if batch and (is_full or (is_enough and lengths[index] < longest * _EVEN)):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
