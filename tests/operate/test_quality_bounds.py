"""A figure beyond its bound opens one incident, which a good figure closes."""

from __future__ import annotations

import pytest

from doclake.operate import incidents, quality_bounds

NOTES = {"url": "documents", "access": ["everyone"], "buckets": 4}


def _causes(flow):
    return {row["cause"]: row["severity"] for row in incidents.unresolved(flow.lake, "notes")}


def test_a_figure_beyond_its_bound_opens_one_incident_until_it_is_good_again(flow):
    _, found = quality_bounds.quality_of(flow.project, run_id="r1")
    assert {one.measure for one in found["notes"]} == {"completeness", "error_rate"}
    quality_bounds.quality_of(flow.project, run_id="r2")
    expected = dict.fromkeys(("quality:completeness", "quality:error_rate"), incidents.WARNING)
    assert _causes(flow) == expected
    (row, _) = incidents.all_of(flow.lake, "notes")
    assert "`doclake failures`" in row["message"] and row["run_id"] == "r1"

    (flow.documents / "broken.pdf").unlink()
    flow.run(allow_deletions=True)
    assert quality_bounds.quality_of(flow.project)[1] == {"notes": []}
    assert _causes(flow) == {}


@pytest.mark.parametrize(
    ("bounds", "beyond"),
    [
        ({"completeness": 0.8, "error_rate": 0.2}, set()),
        ({"completeness": None, "error_rate": None, "duplicate_rate": 0.0}, {"duplicate_rate"}),
        ({"error_rate": 0.19}, {"completeness", "error_rate"}),
    ],
)
def test_the_bounds_are_those_of_the_source(flow, bounds, beyond):
    flow.configure(sources={"notes": NOTES | {"quality": bounds}})
    _, found = quality_bounds.quality_of(flow.project)
    assert {one.measure for one in found["notes"]} == beyond


def test_a_source_inherits_the_bounds_of_all(flow):
    flow.configure(quality={"error_rate": 0.5, "completeness": None}, sources={"notes": NOTES})
    assert quality_bounds.quality_of(flow.project)[1] == {"notes": []}
