"""Of vectors that point the same way the first to arrive stands for the others."""

from __future__ import annotations

import numpy as np
import pytest

from doclake.curate.duplicates.semantic import SemanticClusters, Vectors


def _texts(*angles: float, names: str = "abcdefgh", group: int = 1, arrived: int = 5) -> Vectors:
    radians = np.radians(np.array(angles))
    vectors = np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)
    count = len(angles)
    groups, moments = np.full(count, group, np.uint64), np.full(count, arrived, np.int64)
    return Vectors(list(names[:count]), groups, moments, vectors)


def _found(texts: Vectors, *standing: Vectors, threshold: float = 0.95) -> list[str | None]:
    clusters = SemanticClusters(texts, threshold)
    for part in standing:
        clusters.meet(part)
    return [match.cluster_id if match else None for match in clusters.assigned()]


def test_a_text_joins_the_first_one_that_says_the_same_and_no_chain_is_made():
    assert _found(_texts(0, 10, 25, 90)) == [None, "a", None, None]  # 25 is near 10, not near 0
    assert _found(_texts(0, 5, 10, 90)) == [None, "a", "a", None]


def test_of_those_that_stand_the_nearest_is_joined_in_whichever_part_it_is():
    parts = [_texts(0, names="x", arrived=1), _texts(8, names="y", arrived=1)]
    assert _found(_texts(5, 200), *parts) == ["y", None]
    assert _found(_texts(5, 200), *parts[::-1]) == ["y", None]


def test_other_readers_and_later_ones_stand_for_no_text():
    assert _found(_texts(0), _texts(0, names="x", group=2, arrived=1)) == [None]
    assert _found(_texts(0), _texts(0, names="x", arrived=9)) == [None]
    assert _found(_texts(0), _texts(0, names="x", arrived=5)) == ["x"]


def test_more_texts_than_are_compared_at_once_are_compared_as_few_are():
    angles = np.repeat(np.arange(0, 360, 30.0), 200)
    found = SemanticClusters(
        _texts(*angles.tolist(), names=[str(at) for at in range(len(angles))]), 0.95
    ).assigned()
    assert [match.cluster_id if match else None for match in found] == [
        None if at % 200 == 0 else str(at // 200 * 200) for at in range(len(angles))
    ]
    assert all(match is None or match.similarity == pytest.approx(1) for match in found)
