"""Recalls of many agents whose pools change, checked by a model of its own of who may see what.

The model knows nothing of access lists, principals or filters: it holds who said what, where each
was shared, and who belongs where at the moment. Texts are unique, and a question is the exact text
of a memory, so that it must be found by whoever may see it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project

_SUBJECTS = ("lamp", "valve", "invoice", "room", "truck", "열쇠", "회의실", "주문", "장비", "서버")


@dataclass
class World:
    """`shared` are the pools of each memory, by its text; `members` the agents of each pool."""

    agents: Sequence[str]
    members: dict[str, set[str]]
    owner: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    shared: dict[str, set[str]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)

    def may_see(self, agent: str, text: str) -> bool:
        if text in self.retired:
            return False
        is_member = any(agent in self.members[pool] for pool in self.shared[text])
        return self.owner[text] == agent or is_member


@dataclass
class Counted:
    """`foreign` are rows that the asker may not see, `missing` texts that were asked for by who may
    see them, and not found; `withheld` are askings for what the asker may not see."""

    recalls: int = 0
    rows: int = 0
    foreign: int = 0
    missing: int = 0
    withheld: int = 0
    changes: int = 0


@dataclass
class Trial:
    """Of one lake. `step` changes something, or asks."""

    folder: Path
    agents: int
    pools: int
    chance: random.Random
    counted: Counted = field(default_factory=Counted)

    def __post_init__(self) -> None:
        names = [f"agent{number}" for number in range(self.agents)]
        members = {f"pool{number}": self._some(names) for number in range(self.pools)}
        self.world = World(names, members)
        self._write_members()
        config = {"lake": "lake", "sources": {}, "principals": {"file": "groups.yaml"}}
        (self.folder / "doclake.yaml").write_text(yaml.safe_dump(config))
        self.project = Project.open(self.folder)
        self.store = MemoryStore(self.project)

    def _some(self, names: Sequence[str]) -> set[str]:
        return set(self.chance.sample(names, self.chance.randrange(1, len(names) // 2)))

    def _write_members(self) -> None:
        listed = {
            f"pool:{pool}": [f"agent:{one}" for one in sorted(its)]
            for pool, its in self.world.members.items()
        }
        (self.folder / "groups.yaml").write_text(yaml.safe_dump(listed))

    def _of(self, agent: str) -> Memories:
        return Memories(self.project, agent, store=self.store)

    def remember(self, count: int) -> None:
        """So many memories, two in three of them shared where the agent belongs."""
        world = self.world
        for _ in range(count):
            agent, number = self.chance.choice(world.agents), len(world.owner)
            own = sorted(pool for pool, its in world.members.items() if agent in its)
            pool = self.chance.choice(own) if own and self.chance.random() < 0.67 else None
            subject = self.chance.choice(_SUBJECTS)
            text = f"The {subject} number {number} is checked in week {self.chance.randrange(52)}."
            world.ids[text] = self._of(agent).remember(text, pool=pool).memory.memory_id
            world.owner[text], world.shared[text] = agent, {pool} if pool else set()

    def change(self) -> None:
        """Move a member, share, unshare or forget."""
        world, what = self.world, self.chance.random()
        self.counted.changes += 1
        if what < 0.6:
            pool = self.chance.choice(sorted(world.members))
            world.members[pool] ^= {self.chance.choice(world.agents)}
            self._write_members()
            return
        text = self.chance.choice(sorted(world.owner.keys() - world.retired))
        owner = self._of(world.owner[text])
        own = sorted(pool for pool, its in world.members.items() if world.owner[text] in its)
        if what < 0.75 and own:
            pool = self.chance.choice(own)
            owner.share(world.ids[text], pool)
            world.shared[text].add(pool)
        elif what < 0.9 and world.shared[text]:
            pool = self.chance.choice(sorted(world.shared[text]))
            owner.unshare(world.ids[text], pool)
            world.shared[text].remove(pool)
        else:
            owner.forget(world.ids[text])
            world.retired.add(text)

    def ask(self) -> None:
        """The exact text of any memory, by any agent."""
        world, counted = self.world, self.counted
        agent, text = self.chance.choice(world.agents), self.chance.choice(list(world.owner))
        found = [one.memory.text for one in self._of(agent).recall(text, k=5)]
        counted.recalls += 1
        counted.rows += len(found)
        counted.foreign += sum(not world.may_see(agent, one) for one in found)
        if world.may_see(agent, text):
            counted.missing += text not in found
        else:
            counted.withheld += 1
