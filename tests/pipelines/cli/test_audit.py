"""doclake audit"""

from __future__ import annotations

import json

import pytest

from doclake.govern import erasure, memory_erasure
from doclake.govern.quarantine import DROPPED, RELEASED
from doclake.lake import audit
from doclake.operate import following
from doclake.serve import pushes
from doclake.tables.audit import DONE, EXPORT


@pytest.fixture
def audited(flow):
    """Two acts of people and a search of two sources."""
    audit.note(flow.lake, action="erase", source="notes", rows=3, by="lee", reason="request 7")
    asked = {"asked_as": ["user:kim"], "question": "Where is \x1b[31mit?"}
    audit.add(
        flow.lake,
        [audit.row("search", name, "id", number, by="server", **asked) for name, number in ROWS],
    )
    audit.note(flow.lake, action="quarantine_released", source="notes", rows=1, by="lee")
    return flow


ROWS = [("notes", 4), ("letters", 2)]


def _listed(command, capsys, *arguments: str) -> list[dict]:
    capsys.readouterr()
    assert command("audit", "--json", *arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_shows_who_did_what_the_newest_first(audited, command, capsys):
    rows = _listed(command, capsys)
    assert [row["action"] for row in rows] == ["quarantine_released", "search", "search", "erase"]
    assert {(row["source"], row["row_count"]) for row in rows[1:3]} == set(ROWS)
    assert command("audit") == 0
    shown = capsys.readouterr().out
    assert "search  notes, passages: 4, by server as user:kim, everyone" in shown
    assert "erase  notes, documents: 3, by lee\n  request 7" in shown
    assert "\x1b" not in shown


def test_it_is_narrowed_by_source_action_and_day(audited, command, capsys):
    assert len(_listed(command, capsys, "--source", "notes")) == 3
    actions = ("--action", "erase", "--action", "search")
    assert {row["action"] for row in _listed(command, capsys, *actions)} == {"erase", "search"}
    (first, *_) = _listed(command, capsys, "--action", "quarantine_released")
    assert _listed(command, capsys, "--since", first["done_at"]) == [first]
    assert _listed(command, capsys, "--since", "2999-01-01") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--action", "searches"), "erase_memories, export, not_kept, passage,"),
        (("--since", "yesterday"), "2026-03-31"),
        (("--source", "nowhere"), "No source nowhere"),
    ],
)
def test_what_it_does_not_know_is_refused(audited, command, capsys, arguments, told):
    assert command("audit", *arguments) == 2
    assert told in capsys.readouterr().err


def test_a_lake_in_which_nothing_was_done_has_none(flow, command, capsys):
    for arguments in ((), ("--action", "export")):
        assert command("audit", *arguments) == 0
        assert capsys.readouterr().out == "No actions.\n"


def test_each_action_that_is_noted_can_be_asked_for():
    assert {erasure.ERASE, erasure.ALLOW, memory_erasure.ACTION} <= {*DONE}
    assert {pushes.ACTION, following.ACCEPT_LOSS, EXPORT} <= {*DONE}
    assert {f"quarantine_{kind}" for kind in (RELEASED, DROPPED)} <= {*DONE}
