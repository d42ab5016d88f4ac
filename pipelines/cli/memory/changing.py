"""doclake memory forget, restore, share, unshare, pin, tier, erase"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json
from doclake_dagster.pipelines.cli.memory.options import Agent, As, MemoryId, Operator, opened, show

PoolName = Annotated[str, typer.Argument(help="A group of agents, without `pool:`")]


def forget(
    memory_id: MemoryId,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Recall a memory no more. `restore` brings it back for `retention.memories`."""
    show([opened(agent, as_, operator).forget(memory_id)], json)


def restore(
    memory_id: MemoryId,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Bring back what was forgotten, merged or has expired."""
    show([opened(agent, as_, operator).restore(memory_id)], json)


def share(
    memory_id: MemoryId,
    pool: PoolName,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Let the members of a pool recall a memory."""
    show([opened(agent, as_, operator).share(memory_id, pool)], json)


def unshare(
    memory_id: MemoryId,
    pool: PoolName,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Let them recall it no more, from the next call on."""
    show([opened(agent, as_, operator).unshare(memory_id, pool)], json)


def pin(
    memory_id: MemoryId,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Keep a memory as recent, for good."""
    show([opened(agent, as_, operator).pin(memory_id)], json)


def tier(
    memory_id: MemoryId,
    name: Annotated[str, typer.Argument(help="pinned, working, long_term or archive")],
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Put a memory in a tier."""
    show([opened(agent, as_, operator).tier(memory_id, name)], json)


def erase(
    subject: Annotated[str, typer.Option(help="What is about it, or mentions this text")],
    agent: Annotated[str | None, typer.Option(help="Only what this agent remembers")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase; else the memories are only listed")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why; name nobody here, it is kept")] = None,
    json: Json = False,
) -> None:
    """Erase memories about a subject, and what was made of them, to the last byte. Without --agent
    those of every agent.

    Lists them first, and erases them with --yes. One that was interrupted is finished by the next.
    Exits with 1 if nothing was erased.
    """
    from doclake.govern import memory_erasure
    from doclake.memory.store import MemoryStore

    memories = opened(agent, (), operator=agent is None)
    project, caller = console.open_project(), memories.caller()
    store = MemoryStore(project)
    meant = memory_erasure.of_subject(project, caller, subject)
    if not yes:
        known = {one.memory_id: one for one in memories.export(retired=True)}
        show([known[one] for one in meant if one in known], json)
        number = number_of(len(meant), "memory", "memories")
        console.error(f"{number}; nothing was erased: --yes erases what is listed.")
        raise typer.Exit(1)
    if not meant and not memory_erasure.interrupted(project):
        console.error("There is nothing to erase.")
        raise typer.Exit(1)
    done = memory_erasure.erase(project, store, caller, meant, reason=reason)
    if json:
        console.print_json(done.as_json())
        return
    are = number_of(len(done.memories), "memory is", "memories are")
    console.say(f"{are} erased; certificate {done.erasure_id}")
    for what in done.not_reached:
        console.say(f"  not reached: {what}")
