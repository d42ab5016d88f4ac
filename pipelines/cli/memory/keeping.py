"""doclake memory remember, recall, correct, learn, consolidate, rebuild"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, cell
from doclake_dagster.pipelines.cli.memory.options import Agent, As, MemoryId, Operator, opened, show

if TYPE_CHECKING:
    from doclake.memory.memory import Remembered

Moment = Annotated[
    str | None,
    typer.Option(metavar="MOMENT", help="Such as 2026-03-31; in UTC, if it says no zone"),
]
Pool = Annotated[str | None, typer.Option(help="Share it with this pool")]
Subject = Annotated[str | None, typer.Option(help="Whom or what it is about")]


def remember(
    text: Annotated[str, typer.Argument(help="What is to be remembered")],
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    kind: Annotated[str, typer.Option(help="semantic, episodic or procedural")] = "semantic",
    session: Annotated[str | None, typer.Option(help="In which conversation")] = None,
    subject: Subject = None,
    pool: Pool = None,
    access: Annotated[
        list[str] | None, typer.Option(help="Principal who may recall it, too; repeatable")
    ] = None,
    importance: Annotated[float, typer.Option(min=0, max=1, help="0 to 1")] = 0.5,
    tier: Annotated[str | None, typer.Option(help="pinned, working, long_term, archive")] = None,
    valid_from: Moment = None,
    valid_to: Moment = None,
    expires_at: Moment = None,
    origin: Annotated[str | None, typer.Option(help="Where it was said")] = None,
    supersedes: Annotated[
        list[str] | None, typer.Option(help="Memory that it takes the place of; repeatable")
    ] = None,
    json: Json = False,
) -> None:
    """Keep a text. What is known already counts as a use and is no second row."""
    said: dict[str, Any] = {
        "kind": kind,
        "session": session,
        "subject": subject,
        "pool": pool,
        "access": access or (),
        "importance": importance,
        "tier": tier,
        "valid_from": console.moment("--valid-from", valid_from),
        "valid_to": console.moment("--valid-to", valid_to),
        "expires_at": console.moment("--expires-at", expires_at),
        "origin": origin,
    }
    _show(opened(agent, as_, operator).remember(text, supersedes=supersedes or (), **said), json)


def recall(
    question: Annotated[str, typer.Argument(help="What you want to know")],
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of memories")] = 5,
    of: Annotated[
        list[str] | None, typer.Option(help="Only what this agent remembers; repeatable, as all")
    ] = None,
    session: Annotated[list[str] | None, typer.Option(help="Only of this session")] = None,
    subject: Annotated[list[str] | None, typer.Option(help="Only about this subject")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only of this kind")] = None,
    tier: Annotated[list[str] | None, typer.Option(help="Only of this tier")] = None,
    as_of: Moment = None,
    json: Json = False,
) -> None:
    """The memories that answer best, best first, each with what it was ranked by."""
    filters = {
        "agent": of,
        "session": session,
        "subject": subject,
        "kind": kind,
        "tier": tier,
        "as_of": console.moment("--as-of", as_of),
    }
    found = opened(agent, as_, operator).recall(question, k=k, **filters)
    for one in found:
        if json:
            console.print_json(one.as_dict())
            continue
        why = ", ".join(f"{name} {value:.2f}" for name, value in one.scores.items())
        mark = "  [gives orders to a model]" if one.memory.is_suspicious else ""
        console.say(f"{one.score:.3f}  {cell(one.memory.text)}{mark}")
        where = f"{one.memory.memory_id}  {one.memory.tier}, of {one.memory.agent}"
        console.say(f"       {where}: {why}", style="dim")
    if not found and not json:
        console.out.print("Nothing is remembered that you may see.")


def correct(
    memory_id: MemoryId,
    text: Annotated[str, typer.Argument(help="What is right")],
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    since: Moment = None,
    json: Json = False,
) -> None:
    """Put another text in the place of a memory. The old one is recalled no more."""
    from_then = console.moment("--since", since)
    _show(opened(agent, as_, operator).correct(memory_id, text, since=from_then), json)


def learn(
    agent: Agent = None,
    as_: As = None,
    operator: Operator = False,
    passage: Annotated[
        str | None, typer.Option(metavar="CITATION_ID", help="A passage that a search gave")
    ] = None,
    conversation: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="JSON Lines with session, text and role, subject, at if you like"
        ),
    ] = None,
    subject: Subject = None,
    pool: Pool = None,
    json: Json = False,
) -> None:
    """Remember a passage, or each turn of a conversation, with where it stands.

    Exits with 1 if a turn was refused; the others are remembered.
    """
    from doclake.memory.learning import turns_of

    if (passage is None) == (conversation is None):
        raise SettingsError(
            "Give either --passage or --conversation.",
            problems=[("--passage", "both or neither", "one of them")],
        )
    memories = opened(agent, as_, operator)
    if passage is not None:
        _show(memories.learn(passage, subject=subject, pool=pool), json)
        return
    assert conversation is not None
    learned = memories.learn_conversation(turns_of(conversation), pool=pool)
    for one in learned.remembered:
        _show(one, json)
    for place, error in learned.refused:
        console.error(f"turn {place}: {error}")
    if learned.refused:
        raise typer.Exit(1)


def consolidate(json: Json = False) -> None:
    """Count uses, set tiers, retire what has expired, merge what says the same, propose what may
    contradict. Deletes nothing and asks no model."""
    from doclake.memory.consolidation import consolidate
    from doclake.memory.store import MemoryStore

    project = console.open_project()
    with console.err.status("consolidating"):
        done = consolidate(project, MemoryStore(project))
    if json:
        console.print_json(asdict(done))
        return
    told = [f"{value:,} {name.replace('_', ' ')}" for name, value in asdict(done).items() if value]
    console.say(", ".join(told) or "There are no memories.")


def rebuild() -> None:
    """Make the view that recalls read anew from the table `memories`."""
    from doclake.memory.store import MemoryStore

    with console.err.status("rebuilding"):
        rows = MemoryStore(console.open_project()).rebuild()
    console.say(f"The view holds {number_of(rows, 'memory', 'memories')}.")


def _show(one: Remembered, json: bool) -> None:
    if json:
        console.print_json(one.as_dict())
        return
    show([one.memory], json=False)
    if not one.is_new:
        console.say("It was known: that counts as a use.", style="dim")
