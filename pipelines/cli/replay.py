"""doclake replay"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source
from doclake_dagster.pipelines.cli.failures import FAILURE, failure_block


def command(
    source: Source = None,
    document: Annotated[str | None, typer.Option(help="Path or doc_id")] = None,
    reason: Annotated[str | None, typer.Option(help="Error code, rule, or `unbalanced`")] = None,
    run: Annotated[
        bool, typer.Option(help="Run the sources now; else the next run does it")
    ] = True,
    json: Json = False,
) -> None:
    """Do failed and quarantined documents again, whatever their number of attempts."""
    from doclake.operate import replay
    from doclake_dagster.pipelines.cli.ingest import run_sources

    project = console.open_project(source)
    rows = replay.mark(project, source=source, document=document, reason=reason)
    console.print_rows("replayed", rows, FAILURE, json, failure_block)
    sources = sorted({row["source"] for row in rows} & project.settings.sources.keys())
    if run and sources:
        run_sources(project, sources, json=json)
