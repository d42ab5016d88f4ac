"""doclake catalog"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake.errors.foreign import in_words
from doclake_dagster.pipelines.cli import console

app = typer.Typer(help="What the lake holds, for catalogues of data.", no_args_is_help=True)


class Format(StrEnum):
    doclake = "doclake"
    datahub = "datahub"


@app.callback()
def about() -> None:
    """What the lake holds, for catalogues of data."""


@app.command("export")
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else standard output")
    ] = None,
    format: Annotated[
        Format, typer.Option(help="Our own document, or what DataHub's source `file` takes")
    ] = Format.doclake,
) -> None:
    """Write sources and tables, with columns, owners, freshness, quality and lineage, as JSON.

    It holds no text of a document and no name of one. docs/catalogues.md describes it.
    """
    from doclake.govern.catalog import datahub, document
    from doclake_dagster.assets.common.lineage import MADE_OF

    made = document.document(console.open_project(), MADE_OF)
    told = made if format is Format.doclake else datahub.proposals(made)
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise SettingsError(
            f"{output} cannot be written: {in_words(error)}.",
            problems=[("--output", str(output), "a file that can be written")],
        ) from error
    console.say(
        f"{number_of(len(made['tables']), 'table')}: {console.cell(str(output))}", style="green"
    )
