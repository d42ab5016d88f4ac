"""doclake repair"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.lake.files import DamagedFile
    from doclake.operate.repair import Plan
    from doclake.project import Project


def command(
    source: Source = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    dry_run: Annotated[bool, typer.Option(help="Show what would be done; write nothing")] = False,
    json: Json = False,
) -> None:
    """Make anew what damaged files held, from what it was made of; exit 1 if some cannot be.

    Chunks come from elements, vectors from chunks, the index from both; elements and the registry
    from the documents of the source. What can still be read is kept.
    """
    from doclake.operate import repair

    project = console.open_project(source)
    with console.err.status("reading every file"):
        todo = repair.plan(project, source)
    _show(project, todo, json)
    if todo.damaged or todo.begun:
        if dry_run:
            console.err.print("Nothing was changed.")
        else:
            _confirm(yes)
            _repair(project, todo, json)
    if todo.beyond:
        raise typer.Exit(1)


def _show(project: Project, todo: Plan, json: bool) -> None:
    if json:
        for file in (*todo.damaged, *todo.beyond):
            console.print_json(_as_dict(project, todo, file))
        return
    from doclake.health import damage

    for file in todo.damaged:
        console.out.print(console.cell(damage.told(file)), soft_wrap=True)
        console.out.print(f"    is made anew from {damage.made_from(file)}")
    for file in todo.beyond:
        console.error(damage.told(file), f"    {_why_beyond(project, file)}")
    for name, number in todo.begun.items():
        one, many = "document that was begun is", "documents that were begun are"
        console.out.print(f"{name}: {number_of(number, one, many)} finished")
    if not (todo.damaged or todo.beyond or todo.begun):
        console.out.print("Nothing is damaged.")


def _as_dict(project: Project, todo: Plan, file: DamagedFile) -> dict[str, Any]:
    from doclake.health import damage

    return {
        "table": file.table,
        "source": file.source,
        "bucket": file.bucket,
        "file": file.path,
        "damage": file.what,
        "made_from": damage.made_from(file),
        "repaired": file in todo.damaged,
        "mend": damage.REPAIR if file in todo.damaged else _why_beyond(project, file),
    }


def _why_beyond(project: Project, file: DamagedFile) -> str:
    from doclake.health import damage

    mend = damage.mend(project, file)
    return "It waits for the other files of its source." if mend == damage.REPAIR else mend


def _confirm(yes: bool) -> None:
    """Ask whether to go on; ends the command if not, or if there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        console.error("Nothing was changed: say --yes to repair, or --dry-run to look.")
        raise typer.Exit(2)
    typer.confirm("Repair?", abort=True, err=True)


def _repair(project: Project, todo: Plan, json: bool) -> None:
    from doclake.operate import repair
    from doclake_dagster.pipelines.cli.ingest import run_sources

    with console.err.status("taking out damaged files"):
        awaited = repair.begin(project, todo)
    code = 0
    try:
        if todo.sources:
            code = run_sources(project, todo.sources, json=json)
    finally:
        lost = repair.lost(project, awaited)
        for one in lost:
            if json:
                console.print_json(vars(one))
            else:
                console.error(f"{one.source}: {one.path}: its rows are lost: {one.why}")
    if not json:
        files, documents = len(todo.damaged), len(lost)
        console.say(
            f"Damaged files taken out: {files:,}. Documents whose rows are lost: {documents:,}."
        )
    if lost or code:
        raise typer.Exit(1 if lost else code)
