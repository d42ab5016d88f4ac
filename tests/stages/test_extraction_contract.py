"""The contracts of documents and elements: what they refuse is accounted for, decisions hold, and
other rules extract those documents alone of which they say something else."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.errors import ContractError, DecisionRefused
from doclake.govern import quarantine
from doclake.govern.quarantine import Selection
from doclake.stages.plans.elements import planned as elements_due
from doclake.stages.standing_extraction import judge_again
from tests.flow import GARDEN

SOURCE = {"url": "documents", "access": ["everyone"], "buckets": 4}
ALL = Selection(source="notes")
NO_TEXT_FILES = {"feature": "media_type", "regex": "markdown"}
SHORT = {"feature": "text_length", "max": 34}


def _contract(flow: Any, **contracts: dict[str, Any]) -> None:
    flow.configure(sources={"notes": SOURCE | {"contracts": contracts}})


def _ledger(flow: Any, *columns: str) -> dict[str, tuple[Any, ...]]:
    rows = flow.lake.read("ledger", columns=["path", *columns]).to_pylist()
    return {row.pop("path"): tuple(row.values()) for row in rows}


def _refused(flow: Any) -> list[tuple[str, str, str]]:
    rows = quarantine.waiting(flow.lake, ALL)
    return sorted({(row["stage"], row["path"] or "", row["rule"]) for row in rows})


def _texts(flow: Any) -> str:
    return " ".join(flow.lake.read("chunks", columns=["text"])["text"].to_pylist())


@pytest.mark.slow
def test_a_refused_document_has_failed_for_that_reason_and_comes_back_when_released(flow):
    assert flow.findings() == []
    _contract(flow, documents={"is_markdown": NO_TEXT_FILES})
    reports = flow.run()
    assert reports["elements"].documents == 2
    tally = reports["elements"].contracts["documents"]["is_markdown"]
    assert (tally.checked, tally.broken) == (2, 2)
    assert _refused(flow) == [
        ("documents", path, "is_markdown") for path in ("tools.txt", "정원.txt")
    ]
    ledger = _ledger(flow, "status", "error", "elements")
    assert ledger["tools.txt"] == ("failed", "refused", 0)
    assert ledger["garden.md"] == ("ok", None, 4)
    assert "spade" not in _texts(flow)
    assert flow.findings() == []
    judge_again(flow.context())
    again = elements_due(flow.context(), flow.context().fingerprints.elements)
    assert (again.extract.num_rows, again.remove) == (0, [])

    (tools, _) = quarantine.waiting(flow.lake, ALL)
    assert "media_type of 10 characters" in tools["evidence"]
    only = Selection(source="notes", keys=(tools["key"],))
    with pytest.raises(DecisionRefused, match="is a document"):
        quarantine.drop(flow.project, only, "Nobody needs it.")
    quarantine.release(flow.project, only, "We need this one.", "kim")
    flow.run()
    assert _ledger(flow, "status", "warnings")["tools.txt"] == ("ok", ["is_markdown"])
    assert "spade" in _texts(flow)
    assert _refused(flow) == [("documents", "정원.txt", "is_markdown")]
    assert flow.findings() == []

    _contract(flow)
    assert flow.run()["elements"].documents == 2
    assert {status for (status,) in _ledger(flow, "status").values()} == {"ok", "failed"}
    assert _ledger(flow, "status", "warnings")["tools.txt"] == ("ok", None)
    assert _refused(flow) == []
    assert flow.findings() == []


@pytest.mark.slow
def test_refused_elements_are_counted_and_those_of_a_dropped_one_stay_left_out(flow):
    _contract(flow, elements={"is_short": SHORT})
    assert flow.run()["elements"].documents == 2
    assert _refused(flow) == [("elements", path, "is_short") for path in ("copy.md", "garden.md")]
    columns = ("elements", "refused_elements", "refused_letters", "left_out")
    elements, refused, letters, left_out = _ledger(flow, *columns)["garden.md"]
    assert (elements, refused, letters) == (3, 1, 29)
    assert {"reason": "contract", "letters": 29} in left_out
    assert "Tomatoes" not in _texts(flow)
    assert flow.findings() == []
    (row, _) = quarantine.waiting(flow.lake, ALL)
    assert quarantine.text(flow.project, row, ()) == ""

    quarantine.drop(flow.project, Selection("notes", document="copy.md"), "Said twice.", "kim")
    quarantine.release(flow.project, Selection("notes", document="garden.md"), "Needed.", "kim")
    assert flow.run()["elements"].documents == 2
    assert _refused(flow) == []
    assert _ledger(flow, "refused_elements")["copy.md"] == (1,)
    assert _ledger(flow, "refused_elements")["garden.md"] == (None,)
    warned = flow.lake.read("elements", columns=["text", "warnings"]).to_pylist()
    assert [row["text"] for row in warned if row["warnings"]] == [
        "Tomatoes grow along the south wall."
    ]
    assert flow.findings() == []

    flow.write("copy.md", GARDEN.format(700))  # other bytes end the decision
    flow.run()
    assert _refused(flow) == [("elements", "copy.md", "is_short")]
    (flow.documents / "copy.md").unlink()
    flow.run()
    assert _refused(flow) == []
    assert flow.findings() == []


@pytest.mark.slow
def test_warnings_stand_in_the_rows_and_touch_no_other_document(flow):
    _contract(
        flow,
        documents={"is_markdown": NO_TEXT_FILES | {"severity": "warn"}},
        elements={"in_korean": {"feature": "language", "one_of": ["en"], "severity": "warn"}},
        embeddings={"apart": {"feature": "nearest_distance", "min": 3, "severity": "warn"}},
    )
    before = flow.lake.read("chunks").sort_by("chunk_id")
    reports = flow.run()
    assert reports["elements"].documents == 2
    assert (reports["embeddings"].counts.get("embedded", 0), _refused(flow)) == (0, [])
    ledger = _ledger(flow, "warnings")
    assert ledger["tools.txt"] == (["is_markdown"],)
    assert ledger["garden.md"] == (None,)
    rows = flow.lake.read("elements", columns=["language", "warnings"]).to_pylist()
    assert {tuple(row["warnings"] or ()) for row in rows if row["language"] == "ko"} == {
        ("in_korean",)
    }
    assert flow.lake.read("chunks").sort_by("chunk_id").equals(before)
    flow.write("new.md", "The gate is open.\n\n# Moat\n\nWater stands in the moat.\n")
    reports = flow.run()
    assert reports["embeddings"].rules["apart"].broken == reports["embeddings"].rows > 0
    vectors = flow.lake.read("embeddings", columns=["warnings"])["warnings"].to_pylist()
    assert vectors.count(["apart"]) == reports["embeddings"].rows
    assert flow.findings() == []


@pytest.mark.slow
def test_nothing_of_a_bucket_is_written_in_which_a_rule_stops_it(flow):
    _contract(flow, elements={"is_short": SHORT | {"severity": "stop", "share": 0.3}})
    flow.run()
    assert _refused(flow) == [("elements", path, "is_short") for path in ("copy.md", "garden.md")]
    before = _ledger(flow, "content_hash", "elements")
    flow.write("tools.txt", "The spade that hung by the door is gone for good.")
    flow.write("copy.md", "It is a wood by now.")
    with pytest.raises(ContractError, match=r"1 of 1 elements of bucket .. break is_short"):
        flow.run()
    after = _ledger(flow, "content_hash", "elements")
    assert after["tools.txt"] == before["tools.txt"]
    assert after["copy.md"] != before["copy.md"]
    flow.write("tools.txt", "The spade is back.")
    flow.run()
    assert flow.findings() == []


@pytest.mark.slow
def test_vectors_that_a_rule_stops_are_not_written(flow):
    before = flow.lake.read("embeddings").num_rows
    rule = {"feature": "nearest_distance", "min": 3, "severity": "stop"}
    _contract(flow, embeddings={"apart": rule})
    assert flow.run()["embeddings"].rows == 0
    flow.write("new.md", "The gate is open.\n\n# Moat\n\nWater stands in the moat.\n")
    with pytest.raises(ContractError, match="2 of 2 vectors break apart"):
        flow.run()
    assert flow.lake.read("embeddings").num_rows == before
    assert "Water" in _texts(flow)
    _contract(flow)
    flow.run()
    assert flow.findings() == []


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("documents", {"feature": "size", "min": 10_000}),
        ("elements", {"feature": "text_length", "min": 10_000}),
    ],
)
def test_a_contract_that_refuses_most_of_what_stands_writes_nothing(flow, table, rule):
    before = flow.lake.version("elements"), flow.lake.version("ledger")
    _contract(flow, **{table: {"is_long": rule}})
    with pytest.raises(ContractError, match=f"{table} of notes that stand") as refused:
        flow.run()
    assert refused.value.facts["key"] == f"contracts.{table}.is_long"
    assert (flow.lake.version("elements"), flow.lake.version("ledger")) == before
