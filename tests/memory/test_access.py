"""Nobody recalls, changes or learns of memories of others."""

from __future__ import annotations

import pytest

from doclake import errors
from tests.memory.conftest import Agent

TEXT = "The spare key of the van hangs behind the counter."
ASKED = "Where is the spare key of the van?"


def _found(memories, **filters: object) -> list[str]:
    return [one.memory.text for one in memories.recall(ASKED, **filters)]


def test_a_memory_is_its_agents_until_it_is_shared(agent: Agent) -> None:
    ada, bob, cy = agent("ada"), agent("bob"), agent("cy")
    own = ada.remember(TEXT).memory.memory_id
    assert (_found(ada), _found(bob), _found(cy)) == ([TEXT], [], [])
    ada.share(own, "support")
    assert (_found(bob), _found(cy)) == ([TEXT], [])
    assert bob.pool("support").memories == {"ada": {"semantic": 1}}
    ada.unshare(own, "support")
    assert (_found(ada), _found(bob)) == ([TEXT], [])


def test_who_leaves_a_pool_recalls_nothing_of_it_from_the_next_call_on(
    agent: Agent, project
) -> None:
    ada, bob = agent("ada"), agent("bob")
    ada.remember(TEXT, pool="support")
    assert _found(bob) == [TEXT]
    (project.settings.config_dir / "groups.yaml").write_text("pool:support: [agent:ada]\n")
    assert _found(bob) == []
    with pytest.raises(errors.MemoryRefused):
        bob.pool("support")


def test_members_of_a_pool_change_nothing_that_others_remember(agent: Agent) -> None:
    ada, bob = agent("ada"), agent("bob")
    shared = ada.remember(TEXT, pool="support").memory.memory_id
    for verb in (
        lambda: bob.correct(shared, "There is no key."),
        lambda: bob.forget(shared),
        lambda: bob.unshare(shared, "support"),
        lambda: bob.pin(shared),
        lambda: bob.remember("There is no key.", supersedes=shared),
    ):
        with pytest.raises(errors.MemoryGone):
            verb()
    assert _found(ada) == [TEXT]


def test_ids_of_others_tell_nothing(agent: Agent) -> None:
    own = agent("ada").remember(TEXT).memory.memory_id
    cy = agent("cy")
    for memory_id in (own, "0" * 28, "'; DROP", ""):
        with pytest.raises(errors.MemoryGone) as told:
            cy.history(memory_id)
        assert TEXT not in str(told.value)
    assert list(cy.export()) == [] and cy.audit() == []


@pytest.mark.parametrize("memory_id", ["", "no id", "0" * 28, "'; DROP TABLE memories", "é" * 28])
def test_what_is_no_id_changes_nothing(agent: Agent, memory_id: str) -> None:
    ada = agent("ada")
    ada.remember(TEXT)
    for verb in (ada.forget, ada.restore, ada.pin, ada.history):
        with pytest.raises(errors.MemoryGone):
            verb(memory_id)
    with pytest.raises(errors.MemoryGone):
        ada.remember("It is lost.", supersedes=[memory_id])
    assert _found(ada) == [TEXT]


def test_a_history_shows_only_what_one_may_see(agent: Agent) -> None:
    ada, bob = agent("ada"), agent("bob")
    private = ada.remember("The alarm code is 4711.").memory.memory_id
    public = ada.remember(TEXT, pool="support", supersedes=private).memory.memory_id
    assert len(ada.history(private).memories) == 2
    assert [one.text for one in bob.history(public).memories] == [TEXT]


def test_no_name_breaks_out_of_a_filter(agent: Agent) -> None:
    agent("ada").remember(TEXT)
    cy = agent("cy")
    for value in ("x') OR (1=1", "x\\' OR true --", '" OR 1=1'):
        assert _found(cy, session=value) == [] and _found(cy, subject=value) == []
    with pytest.raises(errors.SettingsError):
        agent("x') OR ('1'='1")


def test_an_operator_sees_and_changes_every_memory(agent: Agent) -> None:
    own = agent("ada").remember(TEXT).memory.memory_id
    operator = agent("ops", is_operator=True)
    assert [one.text for one in operator.export()] == [TEXT] == _found(operator)
    operator.forget(own)
    assert _found(agent("ada")) == []


def test_recalls_are_in_the_audit_without_a_word(agent: Agent) -> None:
    ada, bob = agent("ada"), agent("bob")
    shared = ada.remember(TEXT, pool="support").memory.memory_id
    bob.recall(ASKED)
    recalled = [one for one in ada.audit() if one.event == "recalled"]
    assert [one.memory_id for one in recalled] == [shared]
    assert "agent:bob" in recalled[0].principals
    assert "van" not in repr(ada.audit())
