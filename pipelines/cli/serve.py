"""doclake serve"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import console


def command(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: one that is free")] = 8000,
) -> None:
    """Answer searches over HTTP and MCP until told to stop.

    Without tokens in the settings it listens on this machine alone.
    """
    from doclake.serve.run import run

    run(console.open_project(), host, port, lambda url: console.err.print(f"Listening on {url}"))
