"""doclake contract"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, cell

if TYPE_CHECKING:
    from doclake.contracts import Tally

app = typer.Typer(help="The rules that rows must meet.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """The rules that rows must meet."""


@app.command()
def check(
    source: Annotated[str, typer.Option(help="The source whose chunks are judged")],
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML of what stands under `contracts`")
    ] = None,
    json: Json = False,
) -> None:
    """Judge the chunks that stand by the rules of the source, or by those of FILE beside them.

    Writes nothing. Exits with 1 if the rules would refuse more than half of the rows.
    """
    from doclake.contracts import trial
    from doclake.settings.rules_file import with_rules
    from doclake.stages import chunks
    from doclake.stages.context import StageContext

    project = console.open_project(source)
    contracts = project.source(source).contracts
    context = StageContext.whole(project, source)
    asked = chunks.rules_of(context, with_rules(contracts, rules) if rules else None)
    tried = trial(chunks.standing(context, asked), asked)
    for one in tried.rules.values():
        if json:
            console.print_json(vars(one))
        else:
            console.out.print(_block(one))
    if not json:
        kept = tried.rows - tried.refused
        console.out.print(f"Of {tried.rows:,} chunks that stand, {kept:,} would stay.")
    tried.require_reason(source)


def _block(one: Tally) -> Text:
    colour = "red" if one.broken else "green"
    text = Text.assemble(
        (f"{one.rule}  {one.severity}: ", "bold"),
        (f"{one.broken:,} of {one.checked:,} rows break it", colour),
    )
    for path, key, evidence in one.examples:
        text.append(f"\n  {cell(path)}  {key}  {cell(evidence)}")
    return text
