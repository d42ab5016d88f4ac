"""Decisions about refused rows: a released row is found, a dropped one is gone, and both hold until
the bytes or the rule change."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.errors import DecisionRefused, SettingsError
from doclake.govern import quarantine
from doclake.govern.quarantine import Selection
from doclake.lake import redo
from doclake.search.door import ask
from doclake.settings import ContractSettings
from doclake.stages import contract_trial
from doclake.tables.decisions import DECISIONS

TEXT = "The lamp \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd burns until dawn, says the keeper."
ALL = Selection(source="notes")


def _found(flow: Any, question: str) -> list[str]:
    return [hit.path for hit in ask(flow.project, question).hits]


def _figures(flow: Any, path: str) -> tuple[int | None, ...]:
    columns = ["path", "chunks", "quarantined", "vectors", "indexed"]
    rows = flow.lake.read("ledger", columns=columns).to_pylist()
    return next(tuple(row.values())[1:] for row in rows if row["path"] == path)


def test_a_refused_row_waits_with_its_rule_and_without_its_text(damaged):
    (row,) = quarantine.waiting(damaged.lake, ALL)
    assert (row["path"], row["stage"], row["rule"]) == ("lamp.txt", "chunks", "text_is_legible")
    assert (row["severity"], row["attempts"]) == ("reject", 1)
    assert row["first_refused_at"] == row["refused_at"]
    assert "lamp" not in str({**row, "path": ""})
    assert _figures(damaged, "lamp.txt") == (0, 1, 0, 0)
    assert "lamp.txt" not in _found(damaged, "Until when does the lamp burn?")


def test_a_released_row_goes_through_to_the_index_and_stays_there(damaged):
    released = quarantine.release(damaged.project, ALL, "The scan is all there is.", "kim")
    assert [row["path"] for row in released] == ["lamp.txt"]
    damaged.run()
    redo.mark(damaged.lake, quarantine.documents(damaged.lake, released))
    reports = damaged.run()
    assert reports["chunks"].rules["text_is_legible"].broken == 0
    assert _figures(damaged, "lamp.txt") == (1, 0, 1, 1)
    assert _found(damaged, "Until when does the lamp burn?")[0] == "lamp.txt"
    assert quarantine.waiting(damaged.lake, ALL) == []
    (decision,) = quarantine.decided(damaged.lake, ALL)
    assert (decision["decision"], decision["decided_by"]) == ("released", "kim")
    assert damaged.findings() == []
    tried = contract_trial.tried(damaged.context(), "chunks", ContractSettings())
    assert (tried.refused, tried.rules["text_is_legible"].broken) == (0, 0)
    (note,) = damaged.lake.read("audit").to_pylist()
    assert (note["action"], note["subject_id"]) == ("quarantine_released", decision["doc_id"])
    assert (note["row_count"], note["done_by"]) == (1, "kim")
    assert note["reason"] == "The scan is all there is."


def _key(rows: list[Any]) -> str:
    (row,) = rows
    return str(row["key"])


def test_other_bytes_end_a_release(damaged):
    quarantine.release(damaged.project, ALL, "It is fine.", "kim")
    damaged.run()
    damaged.write("lamp.txt", f"{TEXT} Or nearly so.\n")
    damaged.run()
    assert [row["rule"] for row in quarantine.waiting(damaged.lake, ALL)] == ["text_is_legible"]
    assert quarantine.decided(damaged.lake, ALL) == []


def test_another_rule_ends_a_release(damaged):
    released = quarantine.release(damaged.project, ALL, "It is fine.", "kim")
    rows = DECISIONS.rows(damaged.lake.read("decisions"))
    scope = quarantine.Scope("notes", [rows[0]["bucket"]])
    older = [row | {"rule_fingerprint": "0" * 16} for row in rows]
    damaged.lake.replace("decisions", scope, DECISIONS.arrow(older))
    damaged.run()
    assert [row["key"] for row in quarantine.waiting(damaged.lake, ALL)] == [_key(released)]
    assert quarantine.decided(damaged.lake, ALL) == []


def test_a_dropped_row_is_left_out_for_good_and_accounted_for(damaged):
    quarantine.drop(damaged.project, ALL, "Nobody needs it.", "kim")
    damaged.run()
    assert quarantine.waiting(damaged.lake, ALL) == []
    redo.mark(damaged.lake, quarantine.documents(damaged.lake, [_dropped(damaged)]))
    damaged.run()
    assert quarantine.waiting(damaged.lake, ALL) == []
    assert _figures(damaged, "lamp.txt") == (0, 0, 0, 0)
    assert damaged.findings() == [("no_chunk", "doclake failures --source notes")]
    rows = damaged.lake.read("ledger", columns=["path", "left_out"]).to_pylist()
    (left_out,) = [row["left_out"] for row in rows if row["path"] == "lamp.txt"]
    assert [part["reason"] for part in left_out] == ["dropped"]


def _dropped(flow: Any) -> Any:
    (decision,) = quarantine.decided(flow.lake, ALL)
    return decision


@pytest.mark.parametrize("decide", [quarantine.release, quarantine.drop])
@pytest.mark.parametrize(
    ("selection", "reason", "message"),
    [
        (ALL, "  ", "needs a reason"),
        (Selection(rule="tokens_fit"), "Why not?", "No refused row"),
        (Selection(source="letters"), "Why not?", "No refused row"),
    ],
)
def test_a_wrong_decision_writes_nothing(damaged, decide, selection, reason, message):
    with pytest.raises(DecisionRefused, match=message):
        decide(damaged.project, selection, reason, "kim")
    assert quarantine.decided(damaged.lake, ALL) == []
    assert damaged.lake.read("audit").num_rows == 0


def test_what_breaks_a_rule_on_which_later_stages_rely_is_never_released(damaged):
    (row,) = damaged.lake.read("quarantine").to_pylist()
    scope = quarantine.Scope("notes", [row["bucket"]])
    wrong = [row | {"rule": "text_hash_is_right"}]
    damaged.lake.replace("quarantine", scope, quarantine.QUARANTINE.arrow(wrong))
    with pytest.raises(DecisionRefused, match="Nobody can release what breaks text_hash_is_right"):
        quarantine.release(damaged.project, ALL, "It is fine.", "kim")
    assert quarantine.decided(damaged.lake, ALL) == []


def test_the_text_is_shown_to_whom_both_access_lists_let_read_it(damaged):
    (row,) = quarantine.waiting(damaged.lake, ALL)
    assert quarantine.text(damaged.project, row, ()) == TEXT
    _narrow(damaged, ["group:keepers"])
    assert quarantine.text(damaged.project, row, ()) is None
    assert quarantine.text(damaged.project, row, ["group:keepers"]) == TEXT
    damaged.run()
    _narrow(damaged, ["everyone"])
    assert quarantine.text(damaged.project, row, ()) is None
    assert quarantine.text(damaged.project, row, ["group:keepers"]) == TEXT
    assert quarantine.text(damaged.project, row, ["group:cooks"]) is None
    with pytest.raises(SettingsError, match="principal"):
        quarantine.text(damaged.project, row, [" "])
    _narrow(damaged, ["everyone"], access_from=["sidecar"])
    damaged.write(".access.yaml", "deny: ['group:cooks']\n")
    damaged.run()
    assert quarantine.text(damaged.project, row, ["group:keepers"]) == TEXT
    assert quarantine.text(damaged.project, row, ["group:keepers", "group:cooks"]) is None


def _narrow(flow: Any, access: list[str], **changes: object) -> None:
    source = {"url": "documents", "access": access, "buckets": 4} | changes
    flow.configure(sources={"notes": source})
