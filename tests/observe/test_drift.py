"""The tests of drift find what was planted, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from doclake.observe import drift


def _counts(rng, shares, documents):
    return dict(zip("abcd", rng.multinomial(documents, shares).tolist(), strict=True))


def test_without_drift_small_p_values_are_as_rare_as_they_say():
    rng = np.random.default_rng(1)
    shares = [0.5, 0.3, 0.15, 0.05]
    of_kinds = [
        drift.shares(_counts(rng, shares, 60), _counts(rng, shares, 300)).p_value
        for _ in range(200)
    ]
    of_vectors = [
        drift.vectors(rng.normal(size=(25, 6)), rng.normal(size=(40, 6))).p_value
        for _ in range(200)
    ]
    for p_values in (of_kinds, of_vectors):
        assert 0.4 < np.mean(p_values) < 0.6
        assert np.mean(np.array(p_values) <= 0.1) < 0.17


def test_equal_groups_have_no_distance():
    assert drift.shares({"en": 40, "ko": 20}, {"en": 40, "ko": 20}).distance == 0
    same = np.ones((5, 3))
    assert drift.vectors(same, same).p_value == 1.0
    assert drift.vectors(same, same).distance == pytest.approx(0)


def test_the_index_is_that_of_its_definition():
    now, reference = {"en": 30, "ko": 70}, {"en": 60, "ko": 40}
    ours, theirs = np.array([30.5, 70.5]) / 101, np.array([60.5, 40.5]) / 101
    expected = ((ours - theirs) * np.log(ours / theirs)).sum()
    assert drift.shares(now, reference).distance == pytest.approx(expected)


def test_the_discrepancy_is_that_of_its_definition():
    rng = np.random.default_rng(2)
    ours, theirs = rng.normal(size=(4, 2)), rng.normal(1, 1, size=(5, 2))
    rows = np.concatenate([ours, theirs])
    apart = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    width = np.median([apart[i, j] for i in range(9) for j in range(i + 1, 9)])
    kernel = np.exp(-apart / (2 * width))
    xx = sum(kernel[i, j] for i in range(4) for j in range(4) if i != j) / 12
    yy = sum(kernel[i, j] for i in range(4, 9) for j in range(4, 9) if i != j) / 20
    xy = sum(kernel[i, j] for i in range(4) for j in range(4, 9)) / 20
    assert drift.vectors(ours, theirs).distance == pytest.approx(xx + yy - 2 * xy)


def test_planted_drift_is_found_with_what_made_it():
    found = drift.shares({"en": 20, "ko": 3, "th": 12}, {"en": 200, "ko": 100})
    assert found.distance > 0.25 and found.p_value == pytest.approx(0.001)
    assert drift.grown_most({"en": 20, "ko": 3, "th": 12}, {"en": 200, "ko": 100}) == ["th"]

    rng = np.random.default_rng(3)
    reference, now = rng.normal(size=(60, 8)), rng.normal(size=(30, 8))
    now[:10] += 3
    shifted = drift.vectors(now, reference)
    assert shifted.p_value <= 0.002
    assert set(np.argsort(-shifted.witness)[:10]) == set(range(10))


def test_the_same_documents_give_the_same_figures():
    counts = ({"a": 5, "b": 9}, {"a": 9, "b": 9})
    assert drift.shares(*counts) == drift.shares(*counts)
