"""doclake doctor, failures, incidents, maintain, remove, replay: what an operator asks."""

from collections.abc import Callable
from dataclasses import astuple, fields
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from doclake.errors import SettingsError
from doclake.health import doctor
from doclake.lake.lake import Lake
from doclake.operate import incidents, maintenance, removal, replay
from doclake.settings import Settings
from pipelines.cli import console

Json = Annotated[bool, typer.Option("--json", help="JSON Lines")]
Source = Annotated[str | None, typer.Option(help="Only this source")]

INDEX = "search_index"  # incidents that belong to no source stand under its name
_FAILURE = ("source", "path", "error", "message", "mend", "attempts", "quarantined", "run_id")
_INCIDENT = ("incident_id", "source", "cause", "severity", "owner", "opened_at", "acknowledged_at")


def diagnose(json: Json = False) -> None:
    """Check every invariant of the lake against what is stored; exit 1 if one does not hold."""
    settings = console.load_settings()
    findings = doctor.examine(Lake(settings.lake_url), settings)
    for finding in findings:
        if json:
            console.print_json(vars(finding))
        else:
            console.error(f"{finding.check}: {finding.message}\n    {finding.mend}")
    if findings:
        raise typer.Exit(1)
    if not json:
        console.out.print("Every invariant holds.")


def _opened(source: str | None) -> tuple[Settings, Lake]:
    """Settings and lake; a source that neither of them knows is refused by name."""
    settings = console.load_settings()
    lake = Lake(settings.lake_url)
    if source is not None and source not in settings.sources:
        known = {*settings.sources, INDEX}
        known |= {name for (name,) in lake.count_by("ledger", ["source"])}
        if source not in known:
            names = ", ".join(sorted(known - {INDEX})) or "none"
            problems = [("--source", source, names)]
            raise SettingsError(f"No source {source}. Sources: {names}.", problems=problems)
    return settings, lake


def failures(source: Source = None, json: Json = False) -> None:
    """What failed or was quarantined, why, and what to do about it."""
    _, lake = _opened(source)
    rows = replay.failures(lake, source)
    _print("failures", rows, _FAILURE, json, _failure_block)


def show_incidents(
    source: Source = None,
    all: Annotated[bool, typer.Option("--all", help="Closed ones, too")] = False,
    ack: Annotated[str | None, typer.Option(metavar="ID", help="Say that you took it")] = None,
    json: Json = False,
) -> None:
    """What failed unattended and is not good again yet."""
    _, lake = _opened(source)
    if ack is not None and incidents.acknowledge(lake, ack) is None:
        raise SettingsError(f"No open incident {ack}.", problems=[("--ack", ack, "an open one")])
    rows = incidents.all_of(lake, source) if all else incidents.open_ones(lake, source)
    timing = ("resolved_at", "seconds_to_detect", "seconds_to_resolve") if all else ()
    _print("incidents", rows, (*_INCIDENT, *timing, "message"), json, _incident_block)


def maintain() -> None:
    """Merge small files, drop old versions, optimize the index, forget old tombstones."""
    settings = console.load_settings()
    with console.err.status("maintaining"):
        done = maintenance.run(Lake(settings.lake_url), settings)
    table = Table(title="maintenance")
    for column in fields(maintenance.Maintained):
        table.add_column(column.name.replace("_", " "))
    for item in done:
        table.add_row(*map(str, astuple(item)))
    console.out.print(table)


def remove_source(
    source: Annotated[str, typer.Argument(help="A source that is no longer in doclake.yaml")],
    json: Json = False,
) -> None:
    """Delete what a source left in every table and in the index."""
    settings = console.load_settings()
    with console.err.status(f"removing {source}"):
        removed = removal.remove(Lake(settings.lake_url), settings, source)
    if json:
        console.print_json(removed)
    else:
        told = ", ".join(f"{count} rows of {table}" for table, count in removed.items() if count)
        console.out.print(
            f"Removed {told}. Older versions of the tables keep them until maintenance drops those."
        )


def replay_failures(
    source: Source = None,
    document: Annotated[str | None, typer.Option(help="Path or doc_id")] = None,
    reason: Annotated[str | None, typer.Option(help="Error code, rule, or `unbalanced`")] = None,
    run: Annotated[
        bool, typer.Option(help="Run the sources now; else the next run does it")
    ] = True,
    json: Json = False,
) -> None:
    """Do failed and quarantined documents again, whatever their number of attempts."""
    from pipelines.cli.ingest import run_sources

    settings, lake = _opened(source)
    rows = replay.mark(lake, source=source, document=document, reason=reason, settings=settings)
    _print("replayed", rows, _FAILURE, json, _failure_block)
    sources = sorted({row["source"] for row in rows} & settings.sources.keys())
    if run and sources:
        run_sources(settings, sources, json=json)


def _failure_block(row: dict[str, Any]) -> Text:
    what = row["error"] or f"{row['quarantined']} chunks in quarantine"
    return Text.assemble(
        (f"{row['source']}  {row['path']}\n", "bold"),
        (f"  {what}", "red"),
        f"  {row['message'] or ''}\n",
        f"  {row['mend'] or ''}\n",
        (f"  attempt {row['attempts']} · run {row['run_id']}\n", "dim"),
    )


def _incident_block(row: dict[str, Any]) -> Text:
    closed = row["resolved_at"]
    state = f"closed {console.cell(closed)}" if closed else "open"
    taken = f" · taken {console.cell(row['acknowledged_at'])}" if row["acknowledged_at"] else ""
    opened = console.cell(row["opened_at"])
    return Text.assemble(
        (f"{row['incident_id']}  {row['source']}  {row['cause']}\n", "bold"),
        (f"  {row['severity']}, {state}", "green" if closed else "red"),
        f" · opened {opened}{taken} · owner {row['owner']}\n",
        f"  {row['message'] or ''}\n",
    )


def _print(
    title: str,
    rows: list[dict[str, Any]],
    columns: tuple[str, ...],
    json: bool,
    block: Callable[[dict[str, Any]], Text],
) -> None:
    if json:
        for row in rows:
            console.print_json({name: row[name] for name in columns})
    elif not rows:
        console.out.print(f"No {title}.")
    for row in [] if json else rows:
        console.out.print(block(row))
