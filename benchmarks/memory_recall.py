"""How often a recall gives the one right memory, in English, in Korean and from one to the other.

    python benchmarks/memory_recall.py [--seed 1] [--no-subjects] [--misses]

Plays the set of `memory_conversations` through the verbs of memory, with the clock at the moment of
each statement, consolidates, and asks its questions on 1 July 2026. Intervals hold 95 % of 2,000
bootstrap samples. Ablations ask the same questions with one part of the recipe switched off.
`--no-subjects` keeps statements without saying whom or what they are about.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks.memory_conversations import ASKED_AT, GROUPS, Conversations, Question, Said, made
from doclake import Project, clock
from doclake.evaluate.measures import estimate
from doclake.memory.consolidation import consolidate
from doclake.memory.memories import Memories
from doclake.memory.remembering import plain
from doclake.memory.store import MemoryStore

AS_IT_IS = "as it is"
RECIPES: dict[str, dict[str, Any]] = {
    AS_IT_IS: {},
    "no late interaction": {"search": {"rerank": "none"}},
    "no full text": {"search": {"text_weight": 0}},
    "languages as they come": {"memory": {"language_balance": 0}},
    "no subjects": {"memory": {"subject_weight": 0}},
    "no recency": {"memory": {"recency_weight": 0}},
    "no importance": {"memory": {"importance_weight": 0}},
    "no uses": {"memory": {"uses_weight": 0}},
    "episodes like facts": {"memory": {"facts_weight": 0}},
    "relevance alone": {
        "memory": {
            "recency_weight": 0,
            "importance_weight": 0,
            "facts_weight": 0,
            "uses_weight": 0,
        },
    },
}
DEPTH = 5


@contextmanager
def at(moment: Callable[[], datetime]) -> Iterator[None]:
    """Let the clock say another time: five months do not fit into a benchmark."""
    before, clock.now = clock.now, moment
    try:
        yield
    finally:
        clock.now = before


def fill(project: Project, conversations: Conversations, *, subjects: bool) -> None:
    store, now = MemoryStore(project), [ASKED_AT]
    kept: dict[Said, str] = {}
    with at(lambda: now[0]):
        for said in conversations.said:
            now[0] = said.at
            kept[said] = _remember(Memories(project, said.agent, store=store), said, kept, subjects)
        now[0] = ASKED_AT
        print(f"<!-- {consolidate(project, store)} -->")


def _remember(agent: Memories, said: Said, kept: dict[Said, str], subjects: bool) -> str:
    if said.replaces is not None and said.corrects:
        return agent.correct(kept[said.replaces], said.text).memory.memory_id
    replaced = [kept[said.replaces]] if said.replaces else []
    return agent.remember(
        said.text,
        supersedes=replaced,
        kind="episodic" if said.is_talk else "semantic",
        subject=said.subject if subjects else None,
        session=f"{said.at:%Y-%m} {said.subject}",
        pool=said.pool,
        importance=said.importance,
    ).memory.memory_id


def rank(agent: Memories, asked: Question) -> tuple[int | None, list[str]]:
    """The place of the right answer, from 1; None if it is not among the first."""
    found = [one.memory.text for one in agent.recall(asked.text, k=DEPTH, as_of=asked.as_of)]
    right = plain(asked.answer.text)
    places = [place for place, text in enumerate(found, 1) if plain(text) == right]
    return (places[0] if places else None), found


def at_the_end() -> AbstractContextManager[None]:
    """When questions are asked."""
    return at(lambda: ASKED_AT)


def ask(project: Project, questions: list[Question], *, tell: bool) -> list[int | None]:
    store, ranks = MemoryStore(project), []
    with at_the_end():
        for asked in questions:
            place, found = rank(Memories(project, asked.agent, store=store), asked)
            ranks.append(place)
            if tell and place is None:
                print(f"MISS {asked.kind} {asked.direction}: {asked.text} -> {asked.answer.text}")
                print(*(f"    {text}" for text in found), sep="\n")
    return ranks


def rows(questions: list[Question], ranks: list[int | None], *, whole: bool) -> Iterator[str]:
    groups: dict[str, Callable[[Question], bool]] = {"all": lambda _: True}
    if whole:
        groups |= {f"asked in {one}": lambda q, one=one: q.language == one for one in ("en", "ko")}
        for name in ("direction", "kind"):
            for value in sorted({getattr(q, name) for q in questions}):
                groups[value] = lambda q, name=name, value=value: getattr(q, name) == value
    for name, belongs in groups.items():
        own = [place for q, place in zip(questions, ranks, strict=True) if belongs(q)]
        cells = []
        for k in (1, DEPTH):
            held = estimate([float(place is not None and place <= k) for place in own])
            cells.append(f"{held.value:.3f} | {held.low:.3f} to {held.high:.3f}")
        yield f"{name} | {len(own)} | {' | '.join(cells)} |"


def _project(folder: Path, recipe: dict[str, Any]) -> Project:
    config = {"lake": "lake", "sources": {}, "principals": {"file": "groups.yaml"}, **recipe}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    return Project.open(folder / "doclake.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-subjects", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print them")
    parser.add_argument("--recipes", nargs="*", default=list(RECIPES), choices=RECIPES)
    options = parser.parse_args()
    conversations = made(options.seed)
    with TemporaryDirectory(prefix="doclake-memory-") as there:
        folder = Path(there)
        (folder / "groups.yaml").write_text(yaml.safe_dump(GROUPS))
        fill(_project(folder, {}), conversations, subjects=not options.no_subjects)
        print("| recipe | questions | n | recall@1 | 95 % | recall@5 | 95 % |")
        print("|---|---|---:|---:|---|---:|---|")
        for name in options.recipes:
            project = _project(folder, RECIPES[name])
            ranks = ask(project, conversations.questions, tell=options.misses)
            for row in rows(conversations.questions, ranks, whole=name == AS_IT_IS):
                print(f"| {name} | {row}", flush=True)


if __name__ == "__main__":
    main()
