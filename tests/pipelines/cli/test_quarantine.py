"""`doclake quarantine` lists, shows, replays, releases and drops refused rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doclake.lake.scope import Scope

TEXT = "burns until dawn"


@pytest.fixture
def quarantine(damaged, command, monkeypatch, capsys) -> Any:
    """`quarantine("list", "--json")`: its exit code, what it prints and what it complains of."""
    monkeypatch.setenv("DOCLAKE_CONFIG", str(damaged.folder))

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = command("quarantine", *arguments)
        return code, *capsys.readouterr()

    return run


def _listed(quarantine: Any, *filters: str) -> list[dict[str, Any]]:
    code, told, _ = quarantine("list", "--json", *filters)
    assert code == 0
    return [json.loads(line) for line in told.splitlines()]


def test_refused_rows_are_listed_without_their_text_beside_what_failed(quarantine):
    (row,) = _listed(quarantine)
    assert (row["path"], row["rule"], row["severity"]) == ("lamp.txt", "text_is_legible", "reject")
    assert {"content_hash", "recipe", "rule_fingerprint", "attempts"} <= row.keys()
    assert len(_listed(quarantine, "--document", "lamp.txt", "--rule", "text_is_legible")) == 1
    assert _listed(quarantine, "--document", "garden.md") == []
    assert _listed(quarantine, "--rule", "tokens_fit") == []
    _, shown, _ = quarantine("list")
    assert "1 document failed as a whole: `doclake failures`." in shown
    assert TEXT not in shown + json.dumps(row)


def test_a_rule_that_no_contract_has_is_a_mistake_with_the_rule_that_may_be_meant(quarantine):
    code, _, complaint = quarantine("list", "--rule", "text_is_legibel")
    assert code == 2
    assert "did you mean text_is_legible?" in complaint


def test_the_text_is_shown_to_whom_its_access_list_allows_it(quarantine, damaged):
    (row,) = _listed(quarantine)
    assert TEXT in quarantine("show", row["key"])[1]
    _give_to(damaged, ["group:keepers"])
    _, told, _ = quarantine("show", row["key"])
    assert TEXT not in told
    assert "does not let you read its text" in told
    _, told, _ = quarantine("show", row["key"], "--as", "group:keepers", "--json")
    assert TEXT in json.loads(told)["text"]
    assert json.loads(quarantine("show", row["key"], "--json")[1])["text"] is None
    assert quarantine("show", "nothing")[0] == 1


def _give_to(damaged: Any, access: list[str]) -> None:
    """The source and its rows, so that no run is needed."""
    damaged.configure(sources={"notes": {"url": "documents", "access": access, "buckets": 4}})
    rows = damaged.lake.read("documents")
    for bucket in set(rows["bucket"].to_pylist()):
        scope = Scope("notes", [bucket])
        damaged.lake.update(
            "documents",
            scope,
            lambda part: part.set_column(
                part.schema.get_field_index("access"),
                part.schema.field("access"),
                [[access] * len(part)],
            ),
        )


@pytest.mark.slow
def test_a_release_needs_a_choice_and_a_reason_which_stands_beside_it(quarantine, damaged):
    assert "name rows" in quarantine("release", "--reason", "It is fine.")[2]
    assert quarantine("release", "--source", "notes")[0] == 2
    assert "needs a reason" in quarantine("release", "--source", "notes", "--reason", " ")[2]
    assert damaged.lake.version("decisions") is None
    chosen = ("--source", "notes", "--reason", "It is all there is.", "--no-run")
    assert quarantine("release", *chosen)[0] == 0
    damaged.run()
    assert _listed(quarantine) == []
    (decision,) = _listed(quarantine, "--decided")
    assert (decision["decision"], decision["reason"]) == ("released", "It is all there is.")
    assert decision["decided_by"]
    assert damaged.findings() == []


def test_a_replay_does_the_documents_of_refused_rows_and_no_others(quarantine, damaged):
    before = _updated(damaged)
    assert quarantine("replay", "--rule", "text_is_legible", "--no-run")[0] == 0
    damaged.run()
    after = _updated(damaged)
    assert {path for path in after if after[path] != before[path]} == {"lamp.txt"}
    (row,) = _listed(quarantine)
    assert row["attempts"] == 2
    assert row["first_refused_at"] < row["refused_at"]


def _updated(damaged: Any) -> dict[str, Any]:
    rows = damaged.lake.read("ledger", columns=["path", "updated_at"]).to_pylist()
    return {row["path"]: row["updated_at"] for row in rows}
