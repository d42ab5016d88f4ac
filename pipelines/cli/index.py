"""doclake index"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipelines.cli import console

if TYPE_CHECKING:
    from doclake.progress import Step

app = typer.Typer(help="The search index.", no_args_is_help=True)


@app.command("rebuild")
def rebuild() -> None:
    """Make the index anew from the Delta tables. Parses nothing and embeds nothing."""
    from doclake.stages import search_index

    project = console.open_project()

    def show(step: Step) -> None:
        status.update(f"{step.done:,} of {step.total:,} {step.unit}")

    with console.err.status("rebuilding") as status:
        report = search_index.run(project, rebuild=True, progress=show)
    rows = int(report.counts.get("index_rows", 0))
    console.out.print(f"The new index holds {rows:,} chunks. It took {report.seconds:.1f} s.")


@app.callback()
def about() -> None:
    """The search index."""
