"""Runs a case of the suite; what a kind cannot have is skipped with its reason."""

from __future__ import annotations

import pytest

from doclake.sources import conformance
from doclake.sources.conformance import Case, NotOffered, Place

every_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.slow if case is conformance.large else ())
        for case in conformance.CASES
    ],
    ids=conformance.name,
)


def run(case: Case, place: Place) -> None:
    try:
        case(place)
    except NotOffered as reason:
        pytest.skip(str(reason))
