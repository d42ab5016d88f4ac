"""doclake init DIR"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from doclake_dagster.pipelines.cli import console


def command(
    folder: Annotated[Path, typer.Argument(help="Folder to make or to fill", metavar="DIR")],
) -> None:
    """Write a commented doclake.yaml that works as it stands."""
    from doclake.settings import scaffold

    for path in scaffold.init(folder):
        console.say(f"wrote {console.cell(path)}")
    there = folder.resolve() == Path.cwd()
    enter = "" if there else f"cd {shlex.quote(console.cell(folder))} && "
    console.say(f"\nNow: {enter}doclake check && doclake ingest && doclake search 'welcome'")
    console.say("In a browser, with sensors that ingest by themselves: doclake dev")
