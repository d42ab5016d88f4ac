"""What arrives is compared with a reference that is kept; what is unlike it is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from doclake.lake.scope import Scope
from doclake.stages import drift
from tests.ageing import age

DAY = timedelta(days=1)
PLACES = ("pond", "wall", "shed", "gate", "path", "well", "barn", "oak")
NOTES = {"url": "documents", "access": ["everyone"], "buckets": 4}
FEW = NOTES | {"quality": {"drift_min_documents": 8}}


def _note(number):
    place = PLACES[number % len(PLACES)]
    return f"The {place} in garden {number} is swept on day {number % 7} by the gardener.\n"


def _invoice(number):
    lines = "\n\n".join(
        f"{number + line}번 청구서의 합계 금액은 {line * 1234}원이며 부가세가 포함되어 있다."
        for line in range(12)
    )
    return f"# 청구서 {number}\n\n{lines}\n"


@pytest.fixture
def garden(flow):
    """A reference of 16 notes that arrived yesterday."""
    flow.configure(sources={"notes": FEW})
    for file in flow.documents.iterdir():
        file.unlink()
    for number in range(16):
        flow.write(f"{number}.txt", _note(number))
    flow.run(allow_deletions=True)
    age(flow.lake, DAY)
    return flow


def _last(flow):
    drift.run(flow.project)
    rows = drift.history(flow.project, "notes")
    return {row["aspect"]: row for row in rows if row["day"] == rows[-1]["day"]}


def test_more_of_the_same_is_no_drift(garden):
    for number in range(16, 26):
        garden.write(f"{number}.txt", _note(number))
    garden.run()
    rows = _last(garden)
    assert set(rows) == set(drift.ASPECTS)
    assert {aspect for aspect, row in rows.items() if row["drifted"]} == set()
    assert all(row["p_value"] > 0.01 and row["verdict"] == "like before" for row in rows.values())
    assert {row["arrivals"] for row in rows.values()} == {10}


@pytest.mark.slow
def test_a_planted_change_is_found_in_every_aspect_with_its_documents(garden):
    for number in range(2):
        garden.write(f"again-{number}.txt", _note(number + 40))
    for number in range(10):
        garden.write(f"청구서-{number}.md", _invoice(number))
    garden.run()
    rows = _last(garden)
    assert {aspect for aspect, row in rows.items() if row["drifted"]} == set(drift.ASPECTS)
    assert rows["language"]["verdict"] == "more ko than before"
    paths = garden.lake.read("ledger", columns=["doc_id", "path"]).to_pylist()
    names = {row["doc_id"]: row["path"] for row in paths}
    for row in rows.values():
        assert len(row["moved_by"]) == 5
        assert all(names[doc_id].startswith("청구서-") for doc_id in row["moved_by"]), row["aspect"]


def test_few_arrivals_and_a_source_without_a_past_are_not_judged(flow):
    assert _last(flow)["length"]["verdict"] == "too few: 4 documents arrived, 20 are compared"
    flow.configure(sources={"notes": NOTES | {"quality": {"drift_min_documents": 2}}})
    flow.lake.delete("drift", Scope("notes"))
    rows = _last(flow)
    assert rows["embedding"]["verdict"] == "too few: 0 documents arrived before, 2 are compared"
    assert [row["drifted"] for row in rows.values()] == [None] * 4


@pytest.mark.slow
def test_the_reference_is_kept_while_what_arrives_changes(garden):
    for number in range(10):
        garden.write(f"청구서-{number}.md", _invoice(number))
    garden.run()
    first = _last(garden)
    age(garden.lake, DAY)
    _days_back(garden)
    for number in range(20, 30):
        garden.write(f"청구서-{number}.md", _invoice(number))
    garden.run()
    second = _last(garden)
    for aspect, row in second.items():
        assert row["drifted"], aspect  # compared with the notes, though invoices came since
        assert row["reference_kinds"] == first[aspect]["reference_kinds"]
    assert second["embedding"]["reference_ids"] == first["embedding"]["reference_ids"]

    garden.configure(sources={"notes": FEW | {"quality": {
        "drift_min_documents": 8, "reference_lasts": "1h"}}})  # fmt: skip
    garden.lake.delete("drift", Scope("notes", where={"day": [second["length"]["day"]]}))
    third = _last(garden)
    assert third["language"]["distance"] < second["language"]["distance"]
    assert {one["kind"] for one in third["language"]["reference_kinds"]} > {"ko"}


def _days_back(flow):
    """The rows of drift as if they had been written a day earlier."""
    rows = flow.lake.read("drift", Scope("notes")).to_pylist()
    flow.lake.delete("drift", Scope("notes"))
    for row in rows:
        for name in ("until", "reference_from", "reference_until"):
            row[name] = row[name] and row[name] - DAY
        row["day"] = row["until"].date().isoformat()
    from doclake.tables.drift import DRIFT

    flow.lake.replace("drift", Scope("notes"), DRIFT.arrow(rows))
