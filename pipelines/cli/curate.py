"""doclake curate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.console import cell

FOLDER = "classifiers"
app = typer.Typer(help="What is judged of chunks.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """What is judged of chunks."""


@app.command()
def train(
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="JSON lines or CSV: `label`, and `chunk_id` or `text`; `document`"
        ),
    ] = None,
    from_quarantine: Annotated[
        bool,
        typer.Option(
            "--from-quarantine",
            help="Learn from refused chunks: released ones are `good`, others `refused`",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help=f"Where its file goes; else {FOLDER}/ beside the settings"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Train a classifier of chunks on labels that people gave.

    Measures it on documents that it has not seen, and writes it with its card. Nothing uses it
    until doclake.yaml names it.
    """
    from doclake.curate.classifier import card
    from doclake.operate.training_labels import train

    if labels is None and not from_quarantine:
        raise typer.BadParameter("--labels FILE, --from-quarantine, or both")
    project = console.open_project()
    folder = out or project.settings.config_dir / FOLDER
    with console.err.status("training"):
        made = train(project.lake, folder.absolute(), labels, from_quarantine=from_quarantine)
    known = made.classifier.card
    if json:
        console.print_json({"file": str(made.file), "card": str(made.page), **known})
        return
    rows = [
        [what, f"{of['texts']:,}", f"{of['bad']:,}", f"{of['precision']}", f"{of['recall']}"]
        for what, of in card.rows(known)
    ]
    grid.show(card.HEADING, rows, card.HEADING[1:])
    examples = ", ".join(f"{count:,} {label}" for label, count in known["examples"].items())
    of_documents = number_of(known["documents"], "document")
    console.say(f"Learned from {examples}, of {of_documents}; measured on those")
    console.say(f"held out. It lies in {cell(made.file)}, its card beside it. To use it:")
    place = made.file if out else f"{FOLDER}/{made.file.name}"
    for line in card.setting(str(place)):
        console.say(f"  {line}")
