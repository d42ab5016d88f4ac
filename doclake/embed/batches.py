"""Batches of even length: the cost of a batch is its longest text times its count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def pack(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Indexes of the texts of each batch, longest first.

    No batch costs more than `batch_tokens`, padding included, except a single text that does so
    alone. Sorting by tokens, not characters: a Korean character is worth several times the tokens
    of an English one, so character order pads mixed batches heavily.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batch: list[int] = []
    for index in order:
        if batch and lengths[batch[0]] * (len(batch) + 1) > batch_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
