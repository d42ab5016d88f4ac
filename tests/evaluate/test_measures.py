"""Measures have the values of their definitions; intervals are as wide as chance makes them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from doclake.evaluate.gate import judge
from doclake.evaluate.measures import FEWEST, MEASURES, estimate


@pytest.mark.parametrize(
    ("ranks", "answers", "expected"),
    [
        ([1], 1, (1, 1, 1, 1, 1)),
        ([3], 1, (0, 1, 1, 1 / 3, 1 / 2)),
        ([7], 2, (0, 0, 1 / 2, 1 / 7, 1 / 3 / (1 + 1 / math.log2(3)))),
        ([], 1, (0, 0, 0, 0, 0)),
        ([1, 2], 2, (1, 1, 1, 1, 1)),
        (list(range(1, 11)), 30, (1, 1, 1, 1, 1)),
    ],
)
def test_each_measure_has_the_value_of_its_definition(ranks, answers, expected):
    values = [measure(ranks, answers) for measure in MEASURES.values()]
    assert list(MEASURES) == [
        "recall_at_1",
        "recall_at_5",
        "recall_at_10",
        "mrr_at_10",
        "ndcg_at_10",
    ]
    assert values == pytest.approx(expected)


def test_an_interval_holds_the_mean_of_all_questions_as_often_as_it_says():
    """Samples of a population whose mean is known, drawn 300 times."""
    draw = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        found = estimate((draw.random(60) < 0.7).astype(float).tolist())
        assert found.low <= found.value <= found.high
        held += found.low <= 0.7 <= found.high
    assert 0.90 <= held / 300 <= 0.98


def _gains(*values: float) -> dict[str, float]:
    return {f"q{number}": value for number, value in enumerate(values)}


def test_what_chance_explains_is_no_fall_and_what_it_does_not_is_one():
    draw = np.random.default_rng(3)
    before = draw.random(80).tolist()
    noise = [min(1, max(0, value + draw.normal(0, 0.2))) for value in before]
    assert not judge(_gains(*before), _gains(*noise)).fell
    worse = [value * 0.7 for value in before]
    assert judge(_gains(*before), _gains(*worse)).fell
    assert not judge(_gains(*worse), _gains(*before)).fell


def test_only_questions_of_both_are_compared_and_few_prove_nothing():
    before = _gains(*[1.0] * 20)
    after = _gains(*[1.0] * 20, *[0.0] * 50)
    assert judge(before, after).change.n == 20
    assert not judge(before, after).fell
    few = judge(_gains(*[1.0] * (FEWEST - 1)), _gains(*[0.0] * 30))
    assert not few.fell
    assert few.message == "fewer than 5 questions to compare"
    assert judge(_gains(*[1.0] * FEWEST), _gains(*[0.0] * 30)).fell
