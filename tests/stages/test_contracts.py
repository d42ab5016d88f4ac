"""A contract of the settings: warnings stay with their rows, a bucket is stopped as a whole, other
rules judge again what stands, and a contract that refuses most of it is taken for a mistake."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.errors import ContractError
from tests.flow import GARDEN

SOURCE = {"url": "documents", "access": ["everyone"], "buckets": 4}
LONG = "The spade that hung by the door is gone, and nobody knows where it is. " * 8
NOT_LONG = {"feature": "text_length", "max": 300}


def _contract(flow: Any, **rules: dict[str, Any]) -> None:
    flow.configure(sources={"notes": SOURCE | {"contracts": {"chunks": rules}}})


def _chunks(flow: Any) -> dict[str, list[str] | None]:
    rows = flow.lake.read("chunks", columns=["path", "warnings"]).to_pylist()
    return {row["path"]: row["warnings"] for row in rows}


def _refused(flow: Any) -> list[tuple[str, str]]:
    rows = flow.lake.read("quarantine", columns=["path", "rule"]).to_pylist()
    return [(row["path"], row["rule"]) for row in rows]


@pytest.mark.slow
def test_a_row_that_breaks_a_rule_which_warns_is_kept_and_bears_its_name(damaged):
    _contract(damaged, text_is_legible={"severity": "warn"})
    reports = damaged.run()
    assert (reports["elements"].documents, reports["embeddings"].counts["embedded"]) == (0, 1)
    assert _chunks(damaged)["lamp.txt"] == ["text_is_legible"]
    assert _chunks(damaged)["garden.md"] is None
    assert _refused(damaged) == []
    assert damaged.findings() == []
    assert damaged.run()["chunks"].documents == 0
    _contract(damaged)
    assert damaged.run()["chunks"].documents > 0
    assert _refused(damaged) == [("lamp.txt", "text_is_legible")]
    assert damaged.findings() == [("no_chunk", "doclake failures --source notes")]


@pytest.mark.slow
def test_nothing_of_a_bucket_is_written_in_which_a_rule_stops_it(flow):
    _contract(flow, not_long=NOT_LONG | {"severity": "stop", "share": 0.2})
    flow.run()
    before = _chunks(flow)
    flow.write("tools.txt", LONG)
    flow.write("copy.md", "The garden is a wood by now.")
    with pytest.raises(ContractError, match="break not_long"):
        flow.run()
    after = _chunks(flow)
    assert after["tools.txt"] == before["tools.txt"]
    texts = " ".join(flow.lake.read("chunks")["text"].to_pylist())
    assert "The spade hangs by the door." in texts
    assert "The garden is a wood by now." in texts
    assert _refused(flow) == []
    flow.write("tools.txt", "The spade is back.")
    flow.run()
    assert flow.findings() == []


def test_rows_of_a_rule_that_may_stop_go_to_quarantine_below_its_share(flow):
    _contract(flow, not_long=NOT_LONG | {"severity": "stop", "share": 0.5})
    flow.write("tools.txt", f"{LONG}\n")
    flow.write("garden.md", GARDEN.format(901))
    flow.run()
    assert _refused(flow) == [("tools.txt", "not_long")]


def test_a_contract_that_refuses_most_of_what_stands_writes_nothing(flow):
    before = flow.lake.version("chunks")
    _contract(flow, long_enough={"feature": "text_length", "min": 5_000})
    with pytest.raises(ContractError, match="would refuse 6 of the 6 chunks") as refused:
        flow.run()
    assert refused.value.facts["key"] == "contracts.chunks.long_enough"
    assert "doclake contract check --source notes" in refused.value.mend
    assert flow.lake.version("chunks") == before
    _contract(flow)
    flow.run()
    assert flow.findings() == []
