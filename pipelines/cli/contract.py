"""doclake contract"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, cell

if TYPE_CHECKING:
    from doclake.contracts import Tally, Trial

app = typer.Typer(help="The rules that rows must meet.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """The rules that rows must meet."""


def _known_tables(names: list[str] | None) -> list[str] | None:
    from doclake.settings.contract_rules import TABLES

    wrong = [name for name in names or () if name not in TABLES]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]} has no contract; {', '.join(TABLES)} have one")
    return names


@app.command()
def check(
    source: Annotated[str, typer.Option(help="The source whose rows are judged")],
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML of what stands under `contracts`")
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            help="Only the contract of this table, such as chunks; repeatable",
            callback=_known_tables,
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to a page that works offline")
    ] = None,
    json: Json = False,
) -> None:
    """Judge the rows that stand by the rules of the source, or by those of FILE beside them.

    Great Expectations does it, which takes some seconds. Writes nothing to the lake. Exits with 1
    if the rules would refuse more than half of the rows of a table.
    """
    from doclake.contracts import left_to_great_expectations
    from doclake.settings.contract_rules import TABLES
    from doclake.settings.rules_file import with_rules
    from doclake.stages.context import StageContext
    from doclake.stages.contract_trial import tried

    project = console.open_project(source)
    contracts = project.source(source).contracts
    contracts = with_rules(contracts, rules) if rules else contracts
    context = StageContext.whole(project, source)
    with left_to_great_expectations():
        trials = [tried(context, name, contracts) for name in TABLES if name in (table or TABLES)]
    for one in trials:
        for tally in one.rules.values():
            if json:
                console.print_json({"table": one.table, **vars(tally)})
            else:
                console.out.print(_block(one.table, tally))
        if not json:
            kept = one.rows - one.refused
            console.out.print(f"Of {one.rows:,} {one.named} that stand, {kept:,} would stay.")
    if html:
        _write(html, source, trials)
    for one in trials:
        one.require_reason(source)


def _write(file: Path, source: str, trials: Sequence[Trial]) -> None:
    from doclake import clock
    from doclake.contracts.page import Section, page

    about = f"Rows that stand, tried {clock.now():%Y-%m-%d %H:%M} UTC. Nothing was written."
    sections = [Section(one.table, one.rules) for one in trials]
    try:
        file.write_text(page(f"{source}: contracts", about, sections), "utf-8")
    except OSError as error:
        raise typer.BadParameter(f"--html {file}: {error.strerror}") from None


def _block(table: str, one: Tally) -> Text:
    colour = "red" if one.broken else "green"
    text = Text.assemble(
        (f"{table}.{one.rule}  {one.severity}: ", "bold"),
        (f"{one.broken:,} of {one.checked:,} rows break it", colour),
    )
    for path, key, evidence in one.examples:
        text.append(f"\n  {cell(path)}  {key}  {cell(evidence)}")
    return text
