"""doclake replay"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source
from doclake_dagster.pipelines.cli.failures import FAILURE

if TYPE_CHECKING:
    from doclake.operate.replay import Replayed

SHOWN = 5


def command(
    source: Source = None,
    document: Annotated[str | None, typer.Option(help="Path or doc_id")] = None,
    reason: Annotated[str | None, typer.Option(help="Error code, rule, or `unbalanced`")] = None,
    run: Annotated[
        bool, typer.Option(help="Run the sources now; else the next run does it")
    ] = True,
    json: Json = False,
) -> None:
    """Do failed and quarantined documents again, whatever their number of attempts.

    Exits with 2 for a document that the lake does not know and for a reason that there is not.
    """
    from doclake.operate import replay
    from doclake_dagster.pipelines.cli.ingest import run_sources

    project = console.open_project(source)
    rows = replay.mark(project, source=source, document=document, reason=reason)
    if not rows:
        replay.require_known(project, source=source, document=document, reason=reason)
    for row in rows if json else ():
        console.print_json({name: row[name] for name in FAILURE})  # type: ignore[literal-required]
    sources = sorted({row["source"] for row in rows} & project.settings.sources.keys())
    is_run = run and bool(sources)
    code = run_sources(project, sources, json=json, name_failures=False) if is_run else 0
    done = replay.results(project, rows)
    if json:
        console.print_json({**vars(done), "failed": len(done.failed)})
    else:
        console.say(_told(done, narrowed=any((source, document, reason))))
    if code:
        raise typer.Exit(code)


def _told(done: Replayed, *, narrowed: bool) -> str:
    """What was asked for and what became of it."""
    if not done.asked:
        matching = " that matches" if narrowed else ""
        failures = " `doclake failures` lists all that have." if narrowed else ""
        return (
            f"Nothing to replay: no document{matching} has failed or has chunks in quarantine."
            + failures
        )
    asked = number_of(done.asked, "document")
    if done.untouched == done.asked:
        return f"Marked {asked}; the next run does {'it' if done.asked == 1 else 'them'} again."
    gone = f", {done.gone:,} gone from the source" if done.gone else ""
    lines = [
        f"Replayed {asked}: {done.succeeded:,} succeeded, {len(done.failed):,} failed again, "
        f"{done.untouched:,} untouched{gone}."
    ]
    for row in done.failed[:SHOWN]:
        why = f"{row['error']}: {row['message']}" if row["error"] else "chunks in quarantine"
        lines.append(f"  {console.cell(row['path'])}: {console.cell(why)}")
    if len(done.failed) > SHOWN:
        lines.append(f"  … and {len(done.failed) - SHOWN:,} more: doclake failures")
    return "\n".join(lines)
