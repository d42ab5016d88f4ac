"""How rows fill sequences."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from doclake.export.packing import packed


def one_by_one(lengths: list[int], size: int) -> int:
    """Best fit, longest first, row by row."""
    room: list[int] = []
    for length in sorted((min(length, size) for length in lengths), reverse=True):
        fitting = [left for left in room if left >= length]
        if fitting:
            room.remove(min(fitting))
            room.append(min(fitting) - length)
        else:
            room.append(size - length)
    return len(room)


@pytest.mark.parametrize("seed", range(20))
def test_many_rows_of_a_length_are_packed_as_if_each_came_alone(seed):
    drawn = random.Random(seed)
    lengths = [drawn.randint(1, 70) for _ in range(drawn.randint(1, 300))]
    found = packed(Counter(lengths), 64)
    assert found.sequences == one_by_one(lengths, 64)
    assert found.rows == len(lengths)
    tokens = sum(min(length, 64) for length in lengths)
    assert found.filled == pytest.approx(tokens / (found.sequences * 64), abs=1e-4)
    assert found.alone == pytest.approx(tokens / (len(lengths) * 64), abs=1e-4)
    assert found.cut_tokens == sum(length - 64 for length in lengths if length > 64)


def test_nothing_fills_nothing():
    assert packed({}, 64).sequences == 0


def test_a_million_rows_are_counted_in_a_moment():
    found = packed(dict.fromkeys(range(1, 1_001), 1_000), 2_048)
    assert found.rows == 1_000_000
    assert found.filled > 0.99
