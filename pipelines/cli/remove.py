"""doclake remove"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json


def command(
    source: Annotated[str, typer.Argument(help="A source that is no longer in doclake.yaml")],
    json: Json = False,
) -> None:
    """Delete what a source left in every table and in the index."""
    from doclake.operate import removal

    project = console.open_project()
    with console.err.status(Text(f"removing {console.cell(source)}")):
        removed = removal.remove(project, source)
    if json:
        console.print_json(removed)
    else:
        rows = ", ".join(
            f"{number_of(count, 'row')} of {table}" for table, count in removed.items() if count
        )
        console.say(
            f"Removed {console.cell(source)}: {rows or 'it had no rows left'}. Older versions of "
            "the tables keep them until `doclake maintain` drops those."
        )
