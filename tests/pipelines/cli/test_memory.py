"""`doclake memory` says what Python says, in words and in JSON."""

from __future__ import annotations

import json

import pytest

from doclake.face import Project
from doclake.memory.memories import Memories

TEXT = "The spare key hangs behind the counter."


@pytest.fixture
def memory(flow, command, capsys):
    """`memory("recall", "...")` runs the command as the agent ada; its exit code and output."""
    (flow.folder / "groups.yaml").write_text("pool:support: [agent:ada, agent:bob]\n")
    flow.configure(principals={"file": "groups.yaml"})

    def run(*given: str, agent: str = "ada") -> tuple[int, str]:
        code = command("memory", *given, "--agent", agent)
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def _json(told: str) -> list[dict]:
    return [json.loads(line) for line in told.splitlines() if line.startswith("{")]


def test_what_is_remembered_is_recalled_corrected_and_told(flow, memory) -> None:
    code, told = memory("remember", TEXT, "--subject", "van", "--json")
    (one,) = _json(told)
    assert code == 0 and one["is_new"] and one["subject"] == "van"
    assert "counts as a use" in memory("remember", TEXT, "--subject", "van")[1]
    (found,) = _json(memory("recall", "Where is the spare key?", "--json")[1])
    python = Memories(flow.project, "ada").recall("Where is the spare key?")[0]
    assert found["memory_id"] == one["memory_id"] == python.memory.memory_id
    assert found["score"] == pytest.approx(python.score, abs=1e-3)
    assert TEXT in memory("recall", "Where is the spare key?")[1]
    (new,) = _json(memory("correct", one["memory_id"], "The key is lost.", "--json")[1])
    (history,) = _json(memory("history", new["memory_id"], "--json")[1])
    assert [row["text"] for row in history["memories"]] == [TEXT, "The key is lost."]
    assert "superseded" in memory("history", new["memory_id"])[1]
    assert memory("forget", new["memory_id"])[0] == 0
    assert "Nothing is remembered" in memory("recall", "Where is the spare key?")[1]
    assert memory("restore", new["memory_id"])[0] == 0
    assert "pinned" in memory("pin", new["memory_id"])[1]
    assert "archive" in memory("tier", new["memory_id"], "archive")[1]
    assert "restored" in memory("audit")[1]


def test_a_pool_is_shared_with_and_left(memory) -> None:
    (one,) = _json(memory("remember", TEXT, "--json")[1])
    assert "Nothing" in memory("recall", "spare key", agent="bob")[1]
    assert memory("share", one["memory_id"], "support")[0] == 0
    assert TEXT in memory("recall", "spare key", agent="bob")[1]
    assert "agent:bob" in memory("pool", "support")[1]
    code, told = memory("share", one["memory_id"], "legal")
    assert code == 1 and "pool:legal" in told
    assert memory("unshare", one["memory_id"], "support")[0] == 0
    assert "Nothing" in memory("recall", "spare key", agent="bob")[1]


def test_conversations_are_learned_turn_by_turn(flow, memory, tmp_path) -> None:
    file = tmp_path / "chat.jsonl"
    turns = [{"session": "s1", "role": "user", "text": text} for text in ("I moved.", " ")]
    file.write_text("\n".join(map(json.dumps, turns)))
    code, told = memory("learn", "--conversation", str(file))
    assert code == 1 and "user: I moved." in told and "turn 2" in told
    assert memory("learn")[0] == 2


def test_nobody_remembers_without_a_name(flow, command, capsys) -> None:
    assert command("memory", "recall", "spare key") == 2
    assert "--agent" in capsys.readouterr().err
    assert command("memory", "export", "--operator") == 0


def test_the_environment_may_name_the_agent(flow, command, capsys, monkeypatch) -> None:
    monkeypatch.setenv("DOCLAKE_AGENT", "bob")
    assert command("memory", "remember", TEXT, "--json") == 0
    assert _json(capsys.readouterr().out)[0]["agent"] == "bob"


def test_a_moment_that_json_shows_may_be_given_back(memory) -> None:
    (old,) = _json(memory("remember", TEXT, "--valid-from", "2026-01-02", "--json")[1])
    assert old["valid_from"] == "2026-01-02T00:00:00+00:00"
    memory("correct", old["memory_id"], "The key is lost.")
    asked = ("recall", "Where is the spare key?", "--as-of", old["recorded_at"])
    assert old["memory_id"] in memory(*asked)[1]


def test_a_recall_tells_tier_and_reasons(memory) -> None:
    memory("remember", "김 과장은 오전에 전화 받는다.", "--kind", "episodic")
    told = memory("recall", "김 과장은 언제 전화 받나?")[1]
    assert "김 과장은 오전에" in told and "working, of ada: relevance" in told


def test_a_passage_is_learned_by_who_may_read_it(flow, memory) -> None:
    hit = Project.open(flow.folder).search("Where does the spade hang?", k=1)[0]
    (learned,) = _json(memory("learn", "--passage", hit.citation_id, "--json")[1])
    assert (learned["origin"], learned["text"]) == (hit.citation_id, hit.text)


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (("remember", TEXT, "--kind", "rumour"), 1, "kind is 'rumour'"),
        (("remember", TEXT, "--access", "agent:bob"), 1, "agent:bob"),
        (("remember", TEXT, "--importance", "2"), 2, "at most 1"),
        (("remember", TEXT, "--valid-to", "soon"), 2, "--valid-to takes a day"),
        (("remember", " "), 1, "the text is empty"),
        (("recall", " "), 2, "question"),
        (("recall", TEXT, "--tier", "attic"), 2, "attic"),
        (("learn", "--passage", "0.0"), 1, "citation"),
        (("learn", "--conversation", "none.jsonl"), 1, "is no conversation"),
        (("forget", "0" * 28), 1, "No memory that you may see"),
        (("erase", "--subject", " ", "--yes"), 2, "subject"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(flow, memory, given, code, told) -> None:
    found, shown = memory(*given)
    assert (found, told in shown) == (code, True), shown
    assert flow.lake.read("memories").num_rows == 0


def test_all_is_exported_consolidated_rebuilt_and_erased(
    flow, memory, command, capsys, tmp_path
) -> None:
    memory("remember", "Quentin Farthingale likes tea.")
    memory("remember", "Quentin Farthingale likes the tea")
    assert command("memory", "consolidate") == 0
    assert command("memory", "rebuild") == 0
    out = tmp_path / "all.jsonl"
    assert memory("export", "-o", str(out))[0] == 0
    assert [row["method"] for row in _json(out.read_text())] == ["merged"]
    code, told = memory("erase", "--subject", "quentin farthingale")
    assert code == 1 and "3 memories; nothing was erased" in told
    code, told = memory("erase", "--subject", "quentin farthingale", "--yes", agent="bob")
    assert code == 1 and "nothing to erase" in told
    assert command("memory", "erase", "--subject", "quentin farthingale", "--yes") == 0
    assert "3 memories are erased" in capsys.readouterr().out
    assert memory("export")[1] == ""
