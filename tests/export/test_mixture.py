"""How much each source gives."""

from __future__ import annotations

import pytest

from doclake.export.mixture import allocated
from doclake.settings import MixtureSettings

SIZES = {"large": 1_000, "middle": 100, "small": 10}


@pytest.mark.parametrize(
    ("mixture", "expected"),
    [
        ({}, SIZES),
        ({"caps": {"large": 50}}, {"large": 50, "middle": 100, "small": 10}),
        ({"max_rows": 111}, {"large": 100, "middle": 10, "small": 1}),
        ({"max_rows": 10_000}, SIZES),
        ({"temperature": 1, "max_rows": 111}, {"large": 100, "middle": 10, "small": 1}),
        # 1000, 100, 10 to the power of 1/2 are 31.6, 10, 3.16: shares of .706, .223, .071
        ({"temperature": 2, "max_rows": 100}, {"large": 70, "middle": 22, "small": 7}),
        # the smallest gives all it has, the others 10 and 3.16 times as much
        ({"temperature": 2}, {"large": 100, "middle": 31, "small": 10}),
        ({"temperature": 2, "max_repeats": 3}, {"large": 300, "middle": 94, "small": 30}),
        ({"weights": {"large": 1, "small": 1}}, {"large": 10, "small": 10}),
        ({"weights": {"large": 1, "small": 1}, "max_repeats": 4}, {"large": 40, "small": 40}),
        # UniMax: even shares, what a source lacks goes to the others evenly
        (
            {"weights": {"large": 1, "middle": 1, "small": 1}, "max_rows": 300, "max_repeats": 2},
            {"large": 140, "middle": 140, "small": 20},
        ),
        (
            {"weights": {"large": 3, "middle": 1}, "max_rows": 400, "caps": {"large": 150}},
            {"large": 150, "middle": 100},
        ),
    ],
)
def test_each_gives_its_share_of_what_there_is(mixture, expected):
    assert allocated(SIZES, MixtureSettings.model_validate(mixture)) == expected


def test_no_more_is_given_than_asked_for_whatever_the_shares():
    for budget in range(1, 1_200, 37):
        given = allocated(SIZES, MixtureSettings(temperature=3, max_rows=budget, max_repeats=5))
        assert sum(given.values()) <= budget
        assert sum(given.values()) > budget - 3 or given["large"] == 5_000
