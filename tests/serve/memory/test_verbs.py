"""Memory over HTTP: the same verbs, for the agent that the token names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from doclake.errors import SettingsError
from doclake.project import Project
from doclake.serve.tokens import Tokens
from tests.serve.memory.talk import ASKED, TEXT, code, do, say, tool
from tests.served import KEY, Served


def _texts(server: Served, token: str = "ada-token") -> list[str]:
    return [one["text"] for one in do(server, "recall", token, **ASKED)["memories"]]


def test_a_lake_of_memories_alone_is_ready(server: Served, project: Project) -> None:
    groups = project.settings.config_dir / "groups.yaml"
    assert server.ask("GET", "/readyz").status == 200
    groups.rename(groups.with_suffix(".aside"))
    try:
        assert server.ask("GET", "/readyz").status == 503
    finally:
        groups.with_suffix(".aside").rename(groups)
    assert server.ask("GET", "/readyz").status == 200


def test_a_life_of_a_memory(server: Served) -> None:
    own = do(server, "remember", text="The alarm code is 4711.", pool="support")["memory_id"]
    new = do(server, "correct", memory_id=own, text="The alarm code is 8822.")["memory_id"]
    assert code(server, "correct", memory_id=own, text="It is 1.") == (409, "memory_changed")
    history = do(server, "history", "bob-token", memory_id=new)
    assert [one["retired_as"] for one in history["memories"]] == ["superseded", None]
    assert do(server, "pool", "bob-token", pool="support")["members"] == ["agent:ada", "agent:bob"]
    assert do(server, "unshare", memory_id=new, pool="support")["access"] == ["agent:ada"]
    assert code(server, "history", "bob-token", memory_id=new) == (404, "memory_gone")
    assert do(server, "share", memory_id=new, pool="support")["access"][1] == "pool:support"
    assert do(server, "pin", memory_id=new)["tier"] == "pinned"
    assert do(server, "tier", memory_id=new, tier="long_term")["tier"] == "long_term"
    assert do(server, "forget", memory_id=new)["retired_as"] == "forgotten"
    assert do(server, "restore", memory_id=new)["retired_as"] is None
    assert do(server, "contradictions")["pairs"] == []
    first = do(server, "export", retired=True)["memories"]
    assert {own, new} <= {one["memory_id"] for one in first}
    rest = do(server, "export", retired=True, after=first[0]["memory_id"])["memories"]
    assert rest == first[1:]
    events = [one["event"] for one in do(server, "audit")["events"]]
    assert {"corrected", "shared", "forgotten", "restored"} <= set(events)


def test_what_takes_away_needs_a_scope(server: Served) -> None:
    own = do(server, "remember", "bob-token", text="Bob waters the plants.")["memory_id"]
    assert code(server, "forget", "bob-token", memory_id=own) == (403, "scope_missing")
    assert code(server, "erase", "bob-token", subject="plants") == (403, "scope_missing")
    told = tool(server, "forget_memory", "bob-token", memory_id=own)
    assert told.is_error and "scope_missing" in str(told.content)
    do(server, "remember", text="Rosalind Featherstone likes tea.")
    done = do(server, "erase", subject="rosalind featherstone", reason="asked")
    assert len(done["memories"]) == 1 and done["completed_at"]
    assert do(server, "erase", subject="plants")["memories"] == []  # of bob, not of ada


def test_a_token_is_its_agent_and_no_other(server: Served) -> None:
    assert code(server, "recall", None, **ASKED) == (403, "forbidden")
    assert code(server, "recall", "none-token", **ASKED) == (403, "forbidden")
    assert code(server, "recall", "two-token", **ASKED) == (403, "forbidden")
    assert code(server, "recall", "bob-token", agent="ada", **ASKED) == (403, "forbidden")
    assert do(server, "recall", "two-token", agent="cy", **ASKED)
    assert code(server, "recall", "forged", **ASKED) == (401, "token_unknown")
    operator = do(server, "export", KEY, agent="ops")["memories"]
    assert {"ada", "bob"} <= {one["agent"] for one in operator}


def test_memories_of_others_are_as_if_they_were_not(server: Served) -> None:
    own = do(server, "remember", text=TEXT)["memory_id"]
    assert _texts(server, "bob-token") != [TEXT]
    told: set[bytes] = set()
    for memory_id in (own, "0" * 28, "no id"):
        told |= {
            say(server, verb, "bob-token", memory_id=memory_id, **more).body
            for verb, more in (
                ("history", {}),
                ("pin", {}),
                ("share", {"pool": "support"}),
                ("correct", {"text": "No."}),
            )
        }
    assert len(told) == 1
    assert code(server, "history", "bob-token", memory_id=own) == (404, "memory_gone")


@pytest.mark.parametrize(
    ("verb", "body", "expected"),
    [
        ("remember", {}, "request_invalid"),
        ("remember", {"text": " "}, "memory_refused"),
        ("remember", {"text": "x" * 200_000}, "request_invalid"),
        ("remember", {"text": TEXT, "pool": "legal"}, "memory_refused"),
        ("remember", {"text": TEXT, "kind": "rumour"}, "request_invalid"),
        ("remember", {"text": TEXT, "principals": ["agent:bob"]}, "request_invalid"),
        ("recall", {"question": ""}, "question_empty"),
        ("recall", {**ASKED, "k": 0}, "filter_invalid"),
        ("recall", {**ASKED, "filters": {"tier": "attic"}}, "filter_invalid"),
        ("recall", {**ASKED, "filters": {"colour": "red"}}, "filter_invalid"),
        ("recall", {**ASKED, "filters": {"session": ["s"] * 1_001}}, "filter_invalid"),
        ("learn", {"citation_id": "none"}, "index_state"),
    ],
)
def test_what_is_wrong_is_told(server: Served, verb: str, body: dict, expected: str) -> None:
    assert code(server, verb, **body)[1] == expected


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00"])
def test_no_moment_stops_anybody_from_recalling(server: Served, moment: str) -> None:
    do(server, "remember", text=TEXT)
    for name in ("valid_from", "valid_to", "expires_at"):
        told = code(server, "remember", text="The lock is old.", **{name: moment})
        assert told == (400, "memory_refused")
    asked = {**ASKED, "filters": {"as_of": moment}}
    assert code(server, "recall", **asked) == (400, "filter_invalid")
    assert do(server, "recall", **ASKED)["memories"]


def test_many_at_once_lose_nothing(server: Served) -> None:
    def keep(number: int) -> bool:
        token = ("ada-token", "bob-token")[number % 2]
        text = f"Box {number % 16} stands in row {number % 16 + 40}."
        return bool(do(server, "remember", token, text=text)["is_new"])

    with ThreadPoolExecutor(8) as threads:
        new = list(threads.map(keep, range(48)))
    assert sum(new) == 16


def test_scopes_that_nobody_knows_are_a_mistake_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "tokens.yaml").write_text(
        yaml.safe_dump([{"sha256": "0" * 64, "principals": [], "scopes": ["memory:all"]}])
    )
    (tmp_path / "doclake.yaml").write_text("sources: {}\nserve: {token_file: tokens.yaml}\n")
    with pytest.raises(SettingsError, match="scopes"):
        Tokens().check(Project.open(tmp_path / "doclake.yaml").settings)
