"""doclake mcp"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake_dagster.pipelines.cli import console


def command(
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Search as this principal; repeatable"),
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(envvar="DOCLAKE_AGENT", help="Let it remember and recall as this agent"),
    ] = None,
) -> None:
    """Answer a client of the Model Context Protocol over standard input and output.

    Without --as it sees what `everyone` may see.
    """
    from doclake import access
    from doclake.memory.caller import AGENT, agent_name
    from doclake.serve.mcp import run_stdio

    own = [f"{AGENT}{agent_name(agent)}"] if agent else []
    run_stdio(console.open_project(), access.principals([*(as_ or ()), *own]))
