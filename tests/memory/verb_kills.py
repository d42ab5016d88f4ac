"""Two processes that remember, correct and forget, and one that consolidates, are killed at random
moments, again and again: what was acknowledged must stand once, and nothing else.

A writer notes in a journal what it begins and what was acknowledged. Who takes its place does again
what was begun and not acknowledged, as any caller would. Facts have numbers, and a statement of
each number is said in two ways that mean the same, so that consolidation has something to merge.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from doclake.errors import MemoryChanged
from doclake.health.memories import examine
from doclake.memory.consolidation import consolidate
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.tables.memories import FORGOTTEN, MEMORIES, SUPERSEDED, MemoryRow
from doclake.tables.memory_events import MEMORY_EVENTS

AGENT, WRITERS, COMMON = "ada", 2, 40
"""Both writers stand for one agent, and both say the facts below `COMMON`."""
LONGEST, PATIENCE = 2.0, 120.0
_EACH = 1_000_000  # facts of one writer
_WAYS = ("Gauge {} shows green.", "The gauge {} is showing green.")
_VERBS = ("remember", "common", "repeat", "vary", "correct", "forget")
_NUMBER = re.compile(r"\d+")
_WARM = ["deltalake", "lance", "doclake.memory.memories", "doclake.memory.consolidation"]


@dataclass
class Outcome:
    """`wrong` are sentences, none if all is well. `done` are acknowledged verbs by name, `again`
    those that were done again because nobody knew whether they had been."""

    killed: int
    seconds: float
    done: Counter[str] = field(default_factory=Counter)
    again: int = 0
    merged: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)


def trial(
    folder: Path, *, kills: int, seed: int = 0, early: bool = False, longest: float = LONGEST
) -> Outcome:
    """Kill `kills` processes; then let the writers end in peace, and judge. `early` is the control:
    writers acknowledge before they do."""
    (folder / "doclake.yaml").write_text("lake: lake\nsources: {}\n")
    chance, begun = random.Random(seed), time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)

    def start(number: int) -> BaseProcess:
        target, rest = (_consolidate, ()) if number == WRITERS else (_write, (number, early))
        process = context.Process(target=target, args=(folder, *rest), daemon=True)
        process.start()
        return process

    at_work = [start(number) for number in range(WRITERS + 1)]
    try:
        for _ in range(kills):
            victim = chance.randrange(WRITERS + 1)
            _wait_for(folder, victim)
            time.sleep(chance.uniform(0, longest))
            os.kill(at_work[victim].pid or 0, 9)
            at_work[victim].join()
            at_work[victim] = start(victim)
        (folder / "end").touch()
        for process in at_work:
            process.join(PATIENCE)
            assert process.exitcode == 0, f"a process ended with {process.exitcode}"
    finally:
        for process in at_work:
            process.kill()
            process.join()
    outcome = Outcome(kills, 0.0)
    _judge(folder, outcome)
    outcome.seconds = time.monotonic() - begun
    return outcome


def _wait_for(folder: Path, number: int) -> None:
    """Until a process has begun something since it was started."""
    sign, since = folder / f"work{number}", time.monotonic()
    sign.unlink(missing_ok=True)
    while not sign.exists():
        assert time.monotonic() - since < PATIENCE, f"process {number} does nothing"
        time.sleep(0.01)


def _consolidate(folder: Path) -> None:
    project = Project.open(folder)
    store = MemoryStore(project)
    while not (folder / "end").exists():
        (folder / f"work{WRITERS}").touch()
        consolidate(project, store)


def _write(folder: Path, number: int, early: bool) -> None:
    writer = _Writer(folder, number, early)
    writer.go_on()
    while not (folder / "end").exists():
        (folder / f"work{number}").touch()
        writer.do(writer.next())


class _Writer:
    """Does one verb after another. Its journal is all that it knows after a kill."""

    def __init__(self, folder: Path, number: int, early: bool) -> None:
        project = Project.open(folder)
        self.memories = Memories(project, AGENT)
        self.early, self.number = early, number
        self.journal = folder / f"journal{number}"
        self.chance = random.Random()
        self.entries = list(read(self.journal))
        self.dealt: list[str] = []
        self.ids: dict[int, str] = {}  # of facts that may be corrected or forgotten
        self.said: set[int] = set()
        for entry in self.entries:
            self._learn(entry)

    def _learn(self, entry: dict[str, Any]) -> None:
        fact = entry["fact"]
        self.said.add(entry.get("into", fact))
        if "acknowledged" not in entry:
            return
        if entry["verb"] == "remember" and fact >= COMMON:
            self.ids[fact] = entry["acknowledged"]
        if entry["verb"] != "remember":
            self.ids.pop(fact, None)
        if entry["verb"] == "correct":
            self.ids[entry["into"]] = entry["acknowledged"]
        if entry["verb"] == "vary":
            self.ids.pop(fact, None)

    def next(self) -> dict[str, Any]:
        own = list(self.ids)
        new = max([n for n in self.said if n >= COMMON], default=self.number * _EACH + COMMON) + 1
        if not self.dealt:  # each comes up, however slow the machine is
            self.dealt = self.chance.sample(_VERBS, len(_VERBS))
        verb = self.dealt.pop()
        if self.early or not own or verb == "remember":
            return {"verb": "remember", "fact": new}
        if verb == "common":
            return {"verb": "remember", "fact": self.chance.randrange(COMMON)}
        fact = self.chance.choice(own)
        if verb == "repeat":
            return {"verb": "remember", "fact": fact}
        return {"verb": verb, "fact": fact, "id": self.ids[fact], "into": new}

    def go_on(self) -> None:
        if self.entries and "acknowledged" not in self.entries[-1]:
            self.do(self.entries[-1] | {"again": self.entries[-1].get("again", 0) + 1})

    def do(self, entry: dict[str, Any]) -> None:
        self._note(entry)
        if self.early:
            self._note(entry | {"acknowledged": "", "is_new": True})
        memory_id, is_new = self._done(entry)
        if not self.early:
            entry = entry | {"acknowledged": memory_id, "is_new": is_new}
            self._note(entry)
        self._learn(entry)

    def _done(self, entry: dict[str, Any]) -> tuple[str, bool]:
        verb, text = entry["verb"], _WAYS[entry["verb"] == "vary"].format(entry["fact"])
        if verb in ("remember", "vary"):
            kept = self.memories.remember(text)
            return kept.memory.memory_id, kept.is_new
        try:
            if verb == "correct":
                kept = self.memories.correct(entry["id"], _WAYS[0].format(entry["into"]))
                return kept.memory.memory_id, kept.is_new
            return self.memories.forget(entry["id"]).memory_id, True
        except MemoryChanged:
            if not entry.get("again"):
                raise
            (own,) = self.memories.store.read([entry["id"]])  # the first time, it was done
            return own["superseded_by"] or own["memory_id"], False

    def _note(self, entry: dict[str, Any]) -> None:
        with self.journal.open("a") as journal:
            journal.write(json.dumps(entry) + "\n")


def read(journal: Path) -> Iterator[dict[str, Any]]:
    """The verbs of a journal, each as last noted: begun, or acknowledged. The last line may be
    half of one, if its writer was killed."""
    last: dict[str, Any] | None = None
    for line in journal.read_text().split("\n")[:-1] if journal.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        is_same = last is not None and "acknowledged" not in last
        if last is not None and not is_same:
            yield last
        last = entry
    if last is not None:
        yield last


def _judge(folder: Path, outcome: Outcome) -> None:
    project = Project.open(folder)
    store = MemoryStore(project)
    consolidate(project, store)
    rows = MEMORIES.rows(store.lake.read(MEMORIES.name))
    entries = [one for n in range(WRITERS) for one in read(folder / f"journal{n}")]
    outcome.rows = len(rows)
    outcome.merged = sum(row["method"] == "merged" for row in rows)
    outcome.again = sum(bool(one.get("again")) for one in entries)
    outcome.done.update(one["verb"] for one in entries)
    outcome.wrong += [str(finding) for finding in examine(project)]
    outcome.wrong += _of_facts(rows, entries)
    outcome.wrong += _of_chains({row["memory_id"]: row for row in rows})
    if not any(one["acknowledged"] == "" for one in entries):
        outcome.wrong += _of_events(store, entries)


def _of_facts(rows: list[MemoryRow], entries: list[dict[str, Any]]) -> Iterator[str]:
    """Each fact that was said last stands once; those corrected or forgotten do not."""
    live: dict[int, list[MemoryRow]] = defaultdict(list)
    for row in rows:
        if row["retired_at"] is None:
            live[_fact(row["text"])].append(row)
    stands, repeats, doubts = set[int](), Counter[int](), Counter[int]()
    for entry in entries:
        verb, fact = entry["verb"], entry["fact"]
        stands.add(entry["into"] if verb == "correct" else fact)
        if verb in ("correct", "forget"):
            stands.discard(fact)
        elif not entry["is_new"]:
            # Who tried twice may have counted as a use twice, or have said it first.
            again = entry.get("again", 0)
            (doubts if again else repeats)[fact] += 1 + again
    for fact in sorted(stands - live.keys()):
        yield f"fact {fact} was acknowledged and is lost"
    for fact in sorted(live.keys() - stands):
        yield f"fact {fact} stands, and was corrected, forgotten or never said"
    for fact, its in sorted(live.items()):
        uses = sum(row["uses"] for row in its)
        if len(its) > 1:
            yield f"fact {fact} stands {len(its)} times"
        if not repeats[fact] <= uses <= repeats[fact] + doubts[fact]:
            yield f"fact {fact} was said again {repeats[fact]} times and has {uses} uses"


def _fact(text: str) -> int:
    found = _NUMBER.search(text)
    assert found is not None, text
    return int(found[0])


def _of_chains(rows: dict[str, MemoryRow]) -> Iterator[str]:
    """Who follows what took a place comes to a memory that stands, or was forgotten."""
    for first in rows.values():
        row, steps = first, 0
        while row["superseded_by"] in rows and steps <= len(rows):
            row, steps = rows[row["superseded_by"] or ""], steps + 1
        if row["superseded_by"] is not None or row["retired_as"] not in (None, FORGOTTEN):
            yield f"the chain of {first['memory_id']} ends nowhere"
        if first["retired_as"] == SUPERSEDED and first["superseded_by"] is None:
            yield f"{first['memory_id']} was superseded by nothing"


def _of_events(store: MemoryStore, entries: list[dict[str, Any]]) -> Iterator[str]:
    """Each verb whose acknowledgement was the first one has its event, once."""
    events = MEMORY_EVENTS.rows(store.lake.read(MEMORY_EVENTS.name))
    noted = Counter((row["event"], row["memory_id"]) for row in events)
    for entry in entries:
        if entry.get("again"):
            continue
        verb, memory_id = entry["verb"], entry.get("id", entry["acknowledged"])
        name = {"correct": "corrected", "forget": "forgotten"}.get(verb, "remembered")
        if name == "remembered" and not entry["is_new"]:
            continue
        if noted[name, memory_id] != 1:
            yield f"{noted[name, memory_id]} events say that {memory_id} was {name}"
