"""What was learned from a passage or a conversation says where, and closes with its document."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from doclake import errors
from doclake.face import Project
from doclake.govern import erasure, erasure_targets
from doclake.memory.learning import Turn, turns_of
from doclake.memory.memories import Memories
from doclake.memory.memory import Memory

SPADE = "The spade hangs by the door."


@pytest.fixture
def gardeners(flow) -> tuple[Memories, Memories]:
    """ada and bob, of the pool garden."""
    (flow.folder / "groups.yaml").write_text("pool:garden: [agent:ada, agent:bob]\n")
    flow.configure(principals={"file": "groups.yaml"})
    return Memories(flow.project, "ada"), Memories(flow.project, "bob")


def _learned(flow, ada: Memories) -> Memory:
    hit = Project.open(flow.folder).search("Where does the spade hang?", k=1)[0]
    return ada.learn(hit.citation_id, pool="garden").memory


def _texts(memories: Memories) -> list[str]:
    return [one.memory.text for one in memories.recall("Where does the spade hang?", k=1)]


def test_a_memory_of_a_passage_names_it(flow, gardeners) -> None:
    ada, bob = gardeners
    memory = _learned(flow, ada)
    assert memory.method == "learned"
    opened = Project.open(flow.folder).passage(memory.origin)
    assert opened.hit.path == "tools.txt" and opened.hit.text == memory.text == SPADE
    assert _texts(bob) == [SPADE]
    assert ada.history(memory.memory_id).memories[0].origin == memory.origin


def test_closing_a_document_closes_its_memories_at_once(flow, gardeners) -> None:
    ada, bob = gardeners
    memory = _learned(flow, ada)
    source = flow.settings.sources["notes"].model_dump(exclude_unset=True)
    flow.configure(
        principals={"file": "groups.yaml"}, sources={"notes": source | {"access": ["agent:ada"]}}
    )
    ada, bob = (Memories(flow.project, name) for name in ("ada", "bob"))
    assert (_texts(ada), _texts(bob)) == ([SPADE], [])
    assert list(bob.export()) == []
    with pytest.raises(errors.MemoryGone):
        bob.history(memory.memory_id)
    with pytest.raises(errors.PassageGone):
        bob.learn(memory.origin)


VERBS = {
    "pin": lambda ada, memory_id: ada.pin(memory_id),
    "tier": lambda ada, memory_id: ada.tier(memory_id, "archive"),
    "share": lambda ada, memory_id: ada.share(memory_id, "garden"),
    "unshare": lambda ada, memory_id: ada.unshare(memory_id, "garden"),
    "restore": lambda ada, memory_id: ada.restore(memory_id),
    "correct": lambda ada, memory_id: ada.correct(memory_id, "The spade is gone."),
}


def _tells_nothing(ada: Memories, memory_id: str) -> None:
    for name, verb in VERBS.items():
        with pytest.raises(errors.MemoryGone, match="No memory that you may see"):
            pytest.fail(f"{name} gave {verb(ada, memory_id)}")


def _closed_to_all_but_bob(flow) -> Memories:
    source = flow.settings.sources["notes"].model_dump(exclude_unset=True)
    flow.configure(
        principals={"file": "groups.yaml"}, sources={"notes": source | {"access": ["agent:bob"]}}
    )
    return Memories(flow.project, "ada")


def test_no_verb_gives_the_text_of_a_document_that_was_closed_to_its_agent(flow, gardeners) -> None:
    memory_id = _learned(flow, gardeners[0]).memory_id
    ada = _closed_to_all_but_bob(flow)
    _tells_nothing(ada, memory_id)
    forgotten = ada.forget(memory_id)
    assert (forgotten.memory_id, forgotten.text) == (memory_id, "")
    assert forgotten.retired_as == "forgotten"
    _tells_nothing(ada, memory_id)
    operator = Memories(flow.project, "ada", is_operator=True)
    assert operator.restore(memory_id).text == SPADE  # it was forgotten whole


def test_no_verb_gives_the_text_of_a_document_that_is_being_erased(flow, gardeners) -> None:
    ada, _ = gardeners
    memory_id = _learned(flow, ada).memory_id
    assert ada.pin(memory_id).text == SPADE
    erasure.begin(flow.project, erasure_targets.of_documents(flow.project, ["tools.txt"], None))
    _tells_nothing(ada, memory_id)
    assert ada.forget(memory_id).text == ""


def test_a_deleted_document_is_remembered_by_nobody(flow, gardeners) -> None:
    ada, _ = gardeners
    _learned(flow, ada)
    ada.remember("The spade was sharpened in May.")
    (flow.documents / "tools.txt").unlink()
    flow.run(allow_deletions=True)
    assert _texts(Memories(flow.project, "ada")) == ["The spade was sharpened in May."]


def test_erasing_a_document_erases_its_memories(flow, gardeners) -> None:
    ada, _ = gardeners
    memory = _learned(flow, ada)
    said = ada.remember(SPADE).memory
    targets = erasure_targets.of_documents(flow.project, ["tools.txt"], None)
    done = erasure.finish(flow.project, erasure.begin(flow.project, targets))
    assert done.rows["memories"] == 1
    left = flow.lake.read("memories", columns=["memory_id"])["memory_id"].to_pylist()
    assert left == [said.memory_id] != [memory.memory_id]


def test_turns_are_episodes_that_name_their_place(flow, gardeners) -> None:
    ada, _ = gardeners
    noon = datetime(2026, 5, 2, 12, tzinfo=UTC)
    turns = [
        Turn(session="s1", role="user", text="I sharpened the spade.", at=noon),
        Turn(session="s1", role="user", text=" "),
        Turn(session="s1", role="agent", text="삽을 갈았다고 적어 두었습니다.", subject="user:kim"),
    ]
    learned = ada.learn_conversation(turns)
    assert [one.memory.origin for one in learned.remembered] == ["s1#1", "s1#3"]
    assert [(place, error.facts["rule"]) for place, error in learned.refused] == [(2, "text")]
    assert all(one.memory.kind == "episodic" for one in learned.remembered)
    found = ada.recall("Who sharpened the spade?", session="s1", k=1)[0].memory
    assert (found.text, found.valid_from) == ("user: I sharpened the spade.", noon)
    assert not any(one.is_new for one in ada.learn_conversation(turns).remembered)


def test_a_file_that_is_no_conversation_is_refused_before_anything_is_kept(
    tmp_path: Path,
) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_text('{"session": "s", "text": "fine"}\n\n{"session": "s", "txt": "typo"}\n')
    with pytest.raises(errors.MemoryRefused, match="line 3"):
        turns_of(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(errors.MemoryRefused):
        turns_of(file)
    file.write_text('{"session": "s", "text": "fine"}\n')
    assert [turn.text for turn in turns_of(file)] == ["fine"]
