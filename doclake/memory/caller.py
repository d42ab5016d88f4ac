"""Who asks: an agent, and what it may do with a memory.

An agent is a principal (`agent:planner`), a pool a group of them (`pool:support`), as the file or
the program of `principals` says. So whoever leaves a pool sees nothing of it from then on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from doclake import access, display
from doclake.access import EVERYONE, Asker
from doclake.errors import MemoryRefused, RequestForbidden, SettingsError
from doclake.project import Project
from doclake.tables.memories import MemoryRow

AGENT, POOL = "agent:", "pool:"
_NAME = re.compile(r"[\w.@+-]{1,100}")


@dataclass(frozen=True)
class Caller:
    """`agent` is its name, `asker` whom it stands for. An operator may do with every memory what
    its agent may."""

    agent: str
    asker: Asker
    is_operator: bool = False

    @classmethod
    def of(
        cls, project: Project, agent: str, principals: Iterable[str], *, is_operator: bool
    ) -> Caller:
        """By the groups of now. Raises `SettingsError` for a name that is none, and
        `GroupsUnknown`."""
        name = agent_name(agent)
        asker = project.today().asker((f"{AGENT}{name}", *principals))
        return cls(name, asker, is_operator)

    def may_see(self, row: MemoryRow) -> bool:
        return self.is_operator or not self.asker.names.isdisjoint(row["access"])

    def may_change(self, row: MemoryRow) -> bool:
        """Its own alone: what others share is theirs."""
        return self.is_operator or row["agent"] == self.agent

    def readers(self, names: Iterable[str], pool: str | None) -> list[str]:
        """The access list of a memory: its agent, and those named. Raises `MemoryRefused` for one
        that the caller does not stand for: nobody puts memories into the heads of others."""
        wanted = {*access.principals(names), *([pool_principal(pool)] if pool else [])}
        for name in sorted(wanted):
            self.require_stands_for(name)
        return sorted({f"{AGENT}{self.agent}", *wanted})

    def require_stands_for(self, principal: str) -> None:
        if principal == EVERYONE and not self.is_operator:
            raise MemoryRefused(
                "Agents share no memory with everyone.",
                mend="Name a pool whose member the agent is.",
                rule="access",
            )
        if not self.is_operator and principal not in self.asker.names:
            named = display.shown(principal)
            raise MemoryRefused(
                f"{self.agent} does not belong to {named}, so it can share nothing with it.",
                mend="Who belongs to which pool stands in the file or the program of `principals`.",
                rule="access",
            )


def agent_name(agent: str) -> str:
    """Without its prefix. Raises `SettingsError`."""
    name = agent.removeprefix(AGENT) if isinstance(agent, str) else ""
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{ascii(agent)[:80]} is no name of an agent.",
            problems=[("agent", ascii(agent)[:80], "1 to 100 letters, digits and ._@+-")],
        )
    return name


def agent_of(principals: Iterable[str], asked: str | None) -> str:
    """The agent that a token stands for: the one that is asked for, or its only one. Raises
    `RequestForbidden`."""
    known = sorted(name.removeprefix(AGENT) for name in principals if name.startswith(AGENT))
    if asked is not None and asked.removeprefix(AGENT) in known:
        return asked.removeprefix(AGENT)
    if asked is None and len(known) == 1:
        return known[0]
    raise RequestForbidden(
        "The token stands for no such agent." if asked else "Nobody says which agent asks.",
        mend="Give the token the principal agent:NAME, and `doclake mcp` --agent NAME; a request "
        "with a token of several agents names one.",
    )


def pool_principal(pool: str) -> str:
    return pool if pool.startswith(POOL) else f"{POOL}{pool}"
