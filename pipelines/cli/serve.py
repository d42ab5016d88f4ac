"""doclake serve"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import console

_PATIENCE = 45.0  # seconds: requests at work are answered first
app = typer.Typer(invoke_without_command=True)
Host = Annotated[str, typer.Option(help="Address to listen on")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0: one that is free")]


@app.callback()
def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Answer searches over HTTP and MCP until told to stop.

    Without tokens in the settings it listens on this machine alone.
    """
    if context.invoked_subcommand is None:
        from doclake.serve.run import run

        with interrupts.tidying(_PATIENCE):
            run(console.open_project(), host, port, _tell)


@app.command("embeddings")
def embeddings(host: Host = "127.0.0.1", port: Port = 8001) -> None:
    """Offer the model of the lake as a server of embeddings that speaks as OpenAI's does.

    Under the rules of `doclake serve`. Another Doclake asks it with `embedding.backend: server`.
    """
    from doclake.serve.run import run_embeddings

    with interrupts.tidying(_PATIENCE):
        run_embeddings(console.open_project(), host, port, _tell)


def _tell(url: str) -> None:
    console.err.print(f"Listening on {url}")
