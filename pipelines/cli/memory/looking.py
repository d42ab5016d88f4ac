"""doclake memory pool, history, audit, contradictions, export"""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.console import Json, cell
from doclake_dagster.pipelines.cli.memory.options import Agent, As, MemoryId, Operator, opened, show


def pool(
    name: Annotated[str, typer.Argument(help="A group of agents, without `pool:`")],
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """Who belongs to a pool now, and what its members can recall of it."""
    found = opened(agent, as_, operator).pool(name)
    if json:
        console.print_json(found.as_dict())
        return
    console.say(f"{found.name}: {', '.join(found.members) or 'nobody'}")
    rows = [
        [cell(one), kind, f"{number:,}"]
        for one, kinds in found.memories.items()
        for kind, number in kinds.items()
    ]
    if rows:
        grid.show(["agent", "kind", "memories"], rows, ["memories"])


def history(
    memory_id: MemoryId,
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    json: Json = False,
) -> None:
    """The former texts of a memory and later ones, oldest first, and what was done with them."""
    found = opened(agent, as_, operator).history(memory_id)
    if json:
        console.print_json(found.as_dict())
        return
    show(found.memories, json=False)
    for one in found.events:
        told = " ".join(filter(None, [one.event, one.memory_id, one.other_id, one.detail]))
        console.say(f"{cell(one.done_at)}  {cell(one.agent)}: {cell(told)}")


def audit(
    agent: Agent = None, as_: As = None, operator: Operator = False, json: Json = False
) -> None:
    """All that was done with the memories of an agent, recalls too, oldest first."""
    for one in opened(agent, as_, operator).audit():
        if json:
            console.print_json(one.as_dict())
            continue
        who = one.agent or ", ".join(name for name in one.principals if name != "everyone")
        told = " ".join(filter(None, [one.event, one.memory_id, one.other_id, one.detail]))
        console.say(f"{cell(one.done_at)}  {cell(who)}: {cell(told)}")


def contradictions(
    agent: Agent = None, as_: As = None, operator: Operator = False, json: Json = False
) -> None:
    """Pairs of memories of which one may be wrong by now, the later one first."""
    pairs = opened(agent, as_, operator).contradictions()
    for later, earlier in pairs:
        if json:
            console.print_json({"later": later.as_dict(), "earlier": earlier.as_dict()})
            continue
        show([later, earlier], json=False)
        console.say("")
    if not pairs and not json:
        console.say("None is known.")


def export(
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    retired: Annotated[
        bool, typer.Option("--retired", help="With those that are recalled no more")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; else standard output")
    ] = None,
) -> None:
    """All that an agent may see, as JSON Lines."""
    from doclake.errors import ExportRefused

    rows = opened(agent, as_, operator).export(retired=retired)
    if output is None:
        for one in rows:
            console.print_json(one.as_dict())
        return
    lines = [json_format.dumps(one.as_dict(), ensure_ascii=False) + "\n" for one in rows]
    try:
        output.write_text("".join(lines), "utf-8")
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise ExportRefused(message, mend="Name another file.") from error
    console.say(f"{number_of(len(lines), 'memory', 'memories')} in {cell(output)}")
