"""Who is asked about, and in which language the answer was given, does not hide the answer."""

from __future__ import annotations

import random

import pytest

from benchmarks.memory_conversations import GROUPS, made
from benchmarks.memory_recall import at_the_end, fill, rank
from doclake import terms
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project
from tests.memory.conftest import Agent

PEOPLE = {"Kim Minji": "김민지", "Kim Minsu": "김민수"}


def _tell(agent: Agent) -> None:
    for name, korean in PEOPLE.items():
        ada = agent("ada")
        ada.remember(f"{korean} 님 앞으로 온 택배는 안내 데스크에 맡긴다.", subject=name)
        ada.remember(f"{korean} 님은 땅콩 알레르기가 있다.", subject=name)
        ada.remember(f"We talked about {name} and the weather.", subject=name)
        ada.remember(f"{name} comes to work by bicycle.", subject=name)
        ada.remember(f"The newsletter mentions {name} on page two.", subject=name)
        ada.remember(f"{name} is on holiday in August.", subject=name)


def _first(memories: Memories, question: str) -> list[str]:
    return [one.memory.text for one in memories.recall(question, k=3)]


def test_an_answer_in_another_language_comes_before_small_talk(agent: Agent, project) -> None:
    _tell(agent)
    asked = "Which food makes Kim Minsu ill?"
    answer = "김민수 님은 땅콩 알레르기가 있다."
    assert answer in _first(agent("ada"), asked)
    config = project.settings.config_dir / "doclake.yaml"
    config.write_text(config.read_text() + "memory: {language_balance: 0, subject_weight: 0}\n")
    assert answer not in _first(Memories(Project.open(config), "ada"), asked)


def test_whom_a_question_names_is_known_by_another_spelling_too(agent: Agent) -> None:
    _tell(agent)
    found = _first(agent("ada"), "김민수 님은 언제 휴가예요?")
    assert "Kim Minsu is on holiday in August." in found
    assert not [text for text in found if "Minji" in text or "김민지" in text]


def test_terms_of_a_name_are_found_within_a_word_of_hangul() -> None:
    text = "서울에서 김민수님을 만났다"
    spans = terms.spans(text, {"김민", "민수"})
    assert {text[start:end] for start, end in spans} == {"김민", "민수"}


@pytest.mark.slow
def test_most_questions_find_the_one_right_memory_whatever_its_language(
    tmp_path, project, store: MemoryStore
) -> None:
    """The benchmark memory_recall in small."""
    lines = [f"{pool}: [{', '.join(names)}]" for pool, names in GROUPS.items()]
    (tmp_path / "groups.yaml").write_text("\n".join(lines))
    told = made()
    chosen = set(random.Random(3).sample(sorted({one.subject for one in told.said}), 5))
    told.said = [one for one in told.said if one.subject in chosen]
    asked = [one for one in told.questions if one.answer.subject in chosen]
    fill(project, told, subjects=True)
    with at_the_end():
        places = [rank(Memories(project, one.agent, store=store), one)[0] for one in asked]
    found = sum(place is not None for place in places)
    assert len(asked) > 30 and found >= 0.8 * len(asked)


def test_a_fact_comes_before_an_episode_that_is_as_near(agent: Agent, project) -> None:
    ada = agent("ada")
    ada.remember("Kim moved to room 12.", kind="procedural")
    ada.remember("Kim moved to room 12.", kind="episodic")  # lately, so it would come first
    (found,) = ada.recall("Where did Kim move to?")  # equal texts are given once
    assert (found.memory.kind, found.scores["fact"]) == ("procedural", 1.0)
    (episode,) = ada.recall("Where did Kim move to?", kind="episodic")
    assert episode.memory.kind == "episodic"


def test_a_subject_is_known_by_its_sound_before_anybody_spelt_it_so(agent: Agent) -> None:
    ada = agent("ada")
    for name in ("Kim Minji", "Park Sunho"):
        ada.remember(f"{name} is on holiday in August.", subject=name)
        ada.remember(f"{name} comes to work by bicycle.", subject=name)
    for korean, name in (("김민지", "Kim Minji"), ("박선호", "Park Sunho")):
        found = _first(ada, f"{korean} 님은 언제 휴가예요?")[:2]
        assert all(name in text for text in found), (korean, found)
