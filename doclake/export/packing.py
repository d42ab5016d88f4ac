"""How well rows fill sequences of so many tokens, if none of them is cut but those that are longer.

Best fit, longest first, over the numbers of rows of each length: M. Krell et al., "Efficient
sequence packing without cross-contamination" (2021), and H. Ding et al., "Fewer truncations improve
language modeling" (2024).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Packing:
    """Of rows in sequences of `sequence_tokens`. `filled` is the share of them that are tokens of
    rows, `alone` what it would be with a row in each. The `cut_tokens` of `cut_rows` do not fit."""

    sequence_tokens: int
    rows: int
    sequences: int
    filled: float
    alone: float
    cut_rows: int
    cut_tokens: int


def packed(lengths: Mapping[int, int], size: int) -> Packing:
    """`lengths` are numbers of rows by their tokens."""
    cut_rows = sum(count for length, count in lengths.items() if length > size)
    cut_tokens = sum((length - size) * count for length, count in lengths.items() if length > size)
    fitting = Counter[int]()
    for length, count in lengths.items():
        fitting[min(length, size)] += count
    rows, tokens = fitting.total(), sum(length * count for length, count in fitting.items())
    sequences = _sequences(fitting, size)
    filled = round(tokens / (sequences * size), 4) if sequences else 0.0
    alone = round(tokens / (rows * size), 4) if rows else 0.0
    return Packing(size, rows, sequences, filled, alone, cut_rows, cut_tokens)


def _sequences(lengths: Mapping[int, int], size: int) -> int:
    """Sequences that are alike are handled together: `room` counts them by what is left of each."""
    room, sizes, sequences = Counter[int](), list[int](), 0
    for length in sorted(lengths, reverse=True):
        waiting = lengths[length]
        while waiting:
            place = bisect_left(sizes, length)
            if place == len(sizes) or not length:
                each = size // length if length else waiting
                whole, rest = divmod(waiting, each)
                for number, times in ((each, whole), (rest, 1 if rest else 0)):
                    _leave(room, sizes, size - number * length, times)
                    sequences += times
                waiting = 0
                continue
            left = sizes[place]
            each = min(left // length, waiting)
            times = min(room[left], waiting // each)
            room[left] -= times
            if not room[left]:
                del room[left], sizes[place]
            _leave(room, sizes, left - each * length, times)
            waiting -= each * times
    return sequences


def _leave(room: Counter[int], sizes: list[int], left: int, times: int) -> None:
    if times and left:
        if left not in room:
            insort(sizes, left)
        room[left] += times
