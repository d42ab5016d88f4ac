"""Consolidation merges what says the same, proposes contradictions, and loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from doclake import clock
from doclake.lake.scope import EVERYTHING
from doclake.memory import consolidation
from doclake.memory.alike import may_contradict, meaning
from doclake.memory.consolidation import consolidate
from doclake.memory.store import MemoryStore
from doclake.search import audit
from doclake.tables.memories import MemoryRow
from tests.memory.conftest import Agent, clock_at

SAME = [
    ("Kim prefers to be called in the morning.", "Kim prefers being called in the morning"),
    ("The van is red.", "the Van is RED!"),
    ("김 과장은 커피를 좋아한다.", "김 과장이 커피는 좋아한다"),
]
AGAINST = [
    ("Kim lives in Seoul.", "Kim lives in Busan."),
    ("The meeting is at 3.", "The meeting is at 4."),
    ("Kim likes coffee.", "Kim doesn't like coffee."),
    ("The office is open on Sunday.", "The office is not open on Sunday."),
    ("김은 서울에 산다.", "김은 부산에 산다."),
    ("박 과장은 회의에 온다.", "박 과장은 회의에 안 온다."),
]
OTHER = [
    ("The flight goes from Seoul to Busan.", "The flight goes from Busan to Seoul."),
    ("Kim works at Acme.", "Kim worked at Acme."),
    ("Call Kim before noon.", "Call Kim after noon."),
    ("The invoice of May is paid.", "The parking lot closes early on Fridays."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_is_what_differs_in_nothing_that_carries_meaning(one: str, other: str) -> None:
    assert meaning(one) == meaning(other)
    assert not may_contradict(one, other)


@pytest.mark.parametrize(("one", "other"), [*AGAINST, *OTHER])
def test_nothing_else_is_the_same(one: str, other: str) -> None:
    assert meaning(one) != meaning(other)


@pytest.mark.parametrize(("one", "other"), AGAINST)
def test_what_differs_in_one_place_may_contradict(one: str, other: str) -> None:
    assert may_contradict(one, other) and may_contradict(other, one)


def test_merging_keeps_all_uses_and_names_its_sources(agent: Agent, project, store) -> None:
    ada = agent("ada")
    one, other = (ada.remember(text, subject="kim").memory for text in SAME[0])
    ada.remember(SAME[0][0], subject="kim")
    done = consolidate(project, store)
    assert (done.merged, done.contradictions) == (2, 0)
    (left,) = list(ada.export())
    assert left.text == SAME[0][1] and left.uses == 1 and left.method == "merged"
    assert left.sources == sorted([one.memory_id, other.memory_id])
    assert len(ada.history(left.memory_id).memories) == 3
    assert consolidate(project, store).merged == 0
    assert store.lake.read("memories").num_rows == 3  # nothing is deleted


def test_nothing_is_merged_across_agents_subjects_or_readers(agent: Agent, project, store) -> None:
    ada, bob = agent("ada"), agent("bob")
    ada.remember(SAME[0][0], subject="kim")
    ada.remember(SAME[0][1], subject="lee")
    ada.remember(SAME[0][1], pool="support")
    bob.remember(SAME[0][1], subject="kim")
    assert consolidate(project, store).merged == 0


def test_contradictions_are_proposed_once_and_decided_by_nobody(
    agent: Agent, project, store
) -> None:
    ada = agent("ada")
    for one, other in AGAINST:
        ada.remember(one)
        ada.remember(other)
    done = consolidate(project, store)
    found = {frozenset((a.text, b.text)) for a, b in ada.contradictions()}
    assert found == {frozenset(pair) for pair in AGAINST}
    assert done.contradictions == len(AGAINST) and done.merged == 0
    assert consolidate(project, store).contradictions == 0
    later, earlier = ada.contradictions()[0]
    assert later.recorded_at > earlier.recorded_at
    ada.forget(earlier.memory_id)
    assert len(ada.contradictions()) == len(AGAINST) - 1


def test_an_update_made_meanwhile_is_not_lost(
    agent: Agent, project, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = agent("ada")
    one, _ = (ada.remember(text).memory for text in SAME[0])
    groups = consolidation._groups

    def then_somebody_corrects(rows: list[MemoryRow]) -> list[list[MemoryRow]]:
        ada.correct(one.memory_id, "Kim wants no calls.")
        return groups(rows)

    monkeypatch.setattr(consolidation, "_groups", then_somebody_corrects)
    first = consolidate(project, store)
    assert (first.merged, first.changed_meanwhile) == (0, 2)
    assert {row.text for row in ada.export()} == {SAME[0][1], "Kim wants no calls."}


def test_recalls_are_counted_as_uses_once(agent: Agent, project, store) -> None:
    ada = agent("ada")
    ada.remember("The spare key hangs behind the counter.")
    for _ in range(3):
        ada.recall("Where is the spare key?")
    audit.write()
    assert consolidate(project, store).uses_counted == 3
    assert consolidate(project, store).uses_counted == 0
    (left,) = list(ada.export())
    assert left.uses == 3 and left.used_at is not None


def test_expired_memories_are_retired_and_can_be_restored(agent: Agent, project, store) -> None:
    ada = agent("ada")
    short = ada.remember("The code is 4711.", expires_at=clock.now() + timedelta(days=1)).memory
    assert consolidate(project, store).expired == 0
    with clock_at(clock.now() + timedelta(days=2)):
        assert ada.recall("What is the code?") == []
        assert consolidate(project, store).expired == 1
        assert ada.restore(short.memory_id).retired_at is None
        assert len(ada.recall("What is the code?")) == 1
    assert store.lake.read("memories", EVERYTHING, ["memory_id"]).num_rows == 1


def test_tiers_follow_use_importance_and_age(agent: Agent, project, store) -> None:
    ada = agent("ada")
    said = {
        "idle": ada.remember("The printer jammed on Monday.", kind="episodic"),
        "vital": ada.remember("The alarm code is 4711.", kind="episodic", importance=0.9),
        "pinned": ada.remember("Answer in Korean.", tier="pinned"),
    }

    def tiers() -> dict[str, str]:
        held = {one.memory_id: one.tier for one in ada.export()}
        return {name: held[one.memory.memory_id] for name, one in said.items()}

    assert tiers() == {"idle": "working", "vital": "working", "pinned": "pinned"}
    with clock_at(clock.now() + timedelta(days=30)):
        consolidate(project, store)
        assert tiers() == {"idle": "working", "vital": "long_term", "pinned": "pinned"}
    with clock_at(clock.now() + timedelta(days=300)):
        consolidate(project, store)
        assert tiers() == {"idle": "archive", "vital": "long_term", "pinned": "pinned"}
        assert "printer" not in str([one.memory.text for one in ada.recall("Who jammed?")])
        assert ada.recall("What jammed?", tier="archive")[0].memory.text.startswith("The printer")
