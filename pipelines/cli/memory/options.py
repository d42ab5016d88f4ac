"""What the commands about memories take alike, and how they show one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import cell

if TYPE_CHECKING:
    from doclake.memory.memories import Memories
    from doclake.memory.memory import Memory

Agent = Annotated[
    str | None,
    typer.Option(envvar="DOCLAKE_AGENT", help="Whose memory; with --operator, who acts"),
]
As = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="PRINCIPAL", help="Whom it speaks for beside itself; repeatable"),
]
Operator = Annotated[
    bool, typer.Option("--operator", help="See and change the memories of every agent")
]
MemoryId = Annotated[str, typer.Argument(help="Id of a memory, as `recall` shows it")]


def opened(agent: str | None, as_: Sequence[str] | None, operator: bool) -> Memories:
    """The memory of an agent. Raises `SettingsError`."""
    from doclake.lake import audit
    from doclake.memory.memories import Memories

    if agent is None and not operator:
        raise SettingsError(
            "Whose memory is it?",
            mend="Say --agent NAME, or set DOCLAKE_AGENT; --operator sees those of every agent.",
            problems=[("--agent", "nothing", "the name of an agent")],
        )
    name = agent or audit.user()
    return Memories(console.open_project(), name, as_ or (), is_operator=operator)


def show(memories: Iterable[Memory], json: bool) -> None:
    """One line each, or two with what became of it."""
    for one in memories:
        if json:
            console.print_json(one.as_dict())
            continue
        about = [one.kind, one.tier, f"of {one.agent}", *([one.subject] if one.subject else [])]
        if one.uses:
            about.append(number_of(one.uses, "use"))
        if one.retired_as:
            by = f" by {one.superseded_by}" if one.superseded_by else ""
            about.append(f"{one.retired_as}{by}")
        console.say(cell(one.text))
        console.say(f"  {one.memory_id}  {cell(', '.join(about))}", style="dim")
