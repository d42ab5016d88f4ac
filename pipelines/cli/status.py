"""doclake status"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake.errors import IndexStateError, LakeError
from doclake_dagster.pipelines.cli import console, grid

if TYPE_CHECKING:
    from doclake.health.counts import Balance
    from doclake.health.old_recipes import OldRecipes
    from doclake.lake.files import DamagedFile
    from doclake.lake.messages import Progress
    from doclake.project import Project
    from doclake.tables.incidents import Incident

COLUMNS = (
    "documents",
    "failed",
    "quarantined",
    "elements",
    "chunks",
    "dropped",
    "vectors",
    "indexed",
)


def command(
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Show counts read back from the tables, rows of an old recipe, damaged files and open
    incidents; exit 1 if a sum does not hold, if a file is damaged, or if documents still have
    another access list than the settings."""
    from doclake.health import counts, damage

    project = console.open_project()
    with project.lake.kept_open():
        try:
            damaged = damage.find(project)
            read = _read(project, damaged)
        except (IndexStateError, LakeError):  # a look does not show all damage
            damaged = damage.find(project, thorough=True)
            if not json:
                _show_damaged(project, damaged)
            read = _read(project, damaged)
    whole = counts.total(read.sources)
    if json:
        console.print_json(_as_dict(project, read, whole, damaged))
    else:
        _show(read.sources | {"total": whole})
        _show_damaged(project, damaged)
        _show_documents(read)
        _show_topics(read)
        _show_open(read)
    if damaged or not whole.balanced or whole.other_access:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Read:
    """What a project holds beside its damaged files."""

    sources: dict[str, Balance]
    old: dict[str, OldRecipes]
    held: tuple[str, str] | None
    open_now: list[Incident]
    topics: dict[str, Progress]


def _read(project: Project, damaged: list[DamagedFile]) -> _Read:
    """Raises `LakeError` or `IndexStateError` for a file that is damaged all the same."""
    from doclake.health import balance, damage
    from doclake.health.old_recipes import old_recipes
    from doclake.index import switch
    from doclake.lake import messages
    from doclake.operate import incidents
    from doclake.settings.source_options import is_topic

    if damaged:
        project = damage.without(project, damaged)
    state = project.index.state()
    unread = {file.table for file in damaged}
    topics = [name for name, its in project.settings.sources.items() if is_topic(its)]
    return _Read(
        balance.status(project),
        {name: old_recipes(project, name) for name in project.settings.sources},
        switch.told(state) if state else None,
        [] if "incidents" in unread else incidents.unresolved(project.lake),
        {} if "messages" in unread else messages.progress(project.lake, topics),
    )


def _as_dict(
    project: Project, read: _Read, whole: Balance, damaged: list[DamagedFile]
) -> dict[str, Any]:
    from doclake.health import damage

    by_source = {
        name: counted.as_dict() | {"old_recipe": asdict(read.old[name]) if name in read.old else {}}
        for name, counted in read.sources.items()
    }
    for name, (waiting, newest) in read.topics.items():
        sent = newest.isoformat() if newest else None
        by_source[name]["topic"] = {"messages_waiting": waiting, "newest_sent_at": sent}
    files = [asdict(file) | {"mend": damage.mend(project, file)} for file in damaged]
    figures = {"open_incidents": len(read.open_now), "damaged_files": files, "sources": by_source}
    return whole.as_dict() | figures


def _show_damaged(project: Project, damaged: list[DamagedFile]) -> None:
    from doclake.health import damage

    for file in damaged:
        console.error(f"{damage.told(file)}: {damage.mend(project, file)}")
    partitions = sorted({f"{file.source}/{file.bucket}" for file in damaged if file.bucket})
    if partitions:
        console.error(f"Not counted for that: {', '.join(partitions)}.")


def _show_documents(read: _Read) -> None:
    """What is to be done about documents, by source."""
    for name, counted in read.sources.items():
        if counted.other_access:
            have = number_of(counted.other_access, "document has", "documents have")
            console.error(
                f"{name}: {have} another access list than the settings: "
                f"doclake ingest --source {name}"
            )
        if counted.no_chunk or counted.thin:
            held, have = "held text and has no chunk", "held text and have no chunk"
            silent = number_of(counted.no_chunk, f"document {held}", f"documents {have}")
            thin = number_of(counted.thin, "is thin", "are thin")
            console.error(f"{name}: {silent}, {thin}: doclake failures --source {name}")
    for name, outdated in read.old.items():
        if outdated:
            console.error(f"{name}: {outdated}: doclake ingest --source {name}")


def _show_topics(read: _Read) -> None:
    for name, (waiting, newest) in read.topics.items():
        sent = (
            f", the newest message taken was sent at {newest:%Y-%m-%d %H:%M:%S} UTC"
            if newest
            else ""
        )
        console.say(f"{name}: {number_of(waiting, 'message')} waited when it last took some{sent}")


def _show_open(read: _Read) -> None:
    """An index that is held back, and the incidents but those that say what is told already."""
    from doclake.health import shortfalls
    from doclake.index import switch
    from doclake.operate import incidents

    told = {
        incidents.check_cause(f"{name}/chunks", shortfalls.CHECKS[kind])
        for name, counted in read.sources.items()
        for kind in shortfalls.KINDS
        if getattr(counted, kind)
    }
    if read.held:
        console.error(*read.held)
        told.add(incidents.check_cause(console.INDEX, switch.CHECK))
    for incident in read.open_now:
        if incident["cause"] not in told:
            console.error(f"{incident['source']}: {incident['message']}")


def _show(balances: dict[str, Balance]) -> None:
    from rich.text import Text

    from doclake.health.counts import SHOWN_PROBLEMS

    rows: list[list[str | Text]] = []
    columns = [name for name in COLUMNS if name != "dropped" or balances["total"].dropped]
    for name, balance in balances.items():
        cells = [f"{getattr(balance, column):,}" for column in columns]
        balanced = ("yes", "green") if balance.balanced else ("no", "red")
        rows.append([console.cell(name), *cells, Text(*balanced)])
    grid.show(("source", *columns, "balanced"), rows, columns)
    for problem in balances["total"].problems[:SHOWN_PROBLEMS]:
        console.error(problem)
