"""doclake index"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from doclake.display import number_of
from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.progress import Step

app = typer.Typer(help="The search index.", no_args_is_help=True)


@app.command("rebuild")
@interrupts.tidying()
def rebuild() -> None:
    """Make the index anew from the Delta tables. Parses nothing and embeds nothing."""
    from doclake.stages import search_index

    project = console.open_project()

    def show(step: Step) -> None:
        status.update(f"{step.done:,} of {step.total:,} {step.unit}")

    with console.err.status("rebuilding") as status:
        report = search_index.run(project, rebuild=True, progress=show)
    rows = int(report.counts.get("index_rows", 0))
    console.say(f"The new index holds {number_of(rows, 'chunk')}. It took {report.seconds:.1f} s.")


@app.command("promote")
@interrupts.tidying()
def promote() -> None:
    """Let the index that is built beside take over, whatever the gate says."""
    from doclake.stages import search_index

    project = console.open_project()
    with console.err.status("bringing the index in step"):
        search_index.run(project, promote=True)
    state, _ = project.index.require()
    console.say(
        f"Searches use the new index, of {state.model_name}. `doclake index rollback` goes back."
    )


@app.command("rollback")
@interrupts.tidying()
def rollback() -> None:
    """Let searches use the index of before. The newer one waits for `doclake index promote`."""
    from doclake.stages import search_index

    project = console.open_project()
    with console.err.status("bringing the index in step"):
        state = search_index.roll_back(project)
    console.say(
        f"Searches use the index of before again, of {state.model_name}. Set back what you "
        "changed, too, or every change is embedded for both."
    )


@app.callback()
def about() -> None:
    """The search index."""
