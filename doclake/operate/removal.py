"""Removes the rows of a source that is no longer configured from the lake and the index."""

from __future__ import annotations

from doclake.errors import SettingsError
from doclake.lake import card_files, contract_pages, ledger, locks, messages
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.stages import search_index
from doclake.tables.registry import TABLES

# These go last: while they name the source, the doctor reports what is left.
REGISTRY = (
    "ledger",
    "incidents",
    "retrieval_report",
    "quality",
    "drift",
    "measurements",
    "runs",
    "crawled_pages",
    "documents",
)
ROWS = tuple(
    table.name
    for table in TABLES.values()
    if table.partition_columns and not table.outlives and table.name not in REGISTRY
)


def left_behind(project: Project) -> list[str]:
    """Sources that the lake holds and the settings do not name."""
    stored = {
        source
        for table in ("documents", "ledger")
        for (source,) in project.lake.count_by(table, ["source"])
    }
    return sorted(stored - project.settings.sources.keys())


def remove(project: Project, source: str) -> dict[str, int]:
    """Delete every row of a source; returns the number of rows by table. Another removal finishes
    one that was interrupted; if the source is configured again instead, its next run makes the rows
    anew.

    Older versions of the tables keep the rows until maintenance drops them (`retention`). Raises
    `SettingsError` for a source that is configured, or that the lake does not hold.
    """
    if source in project.settings.sources:
        raise SettingsError(
            f"{source} is configured; the next run would ingest it again.",
            mend="Take it out of doclake.yaml first.",
            problems=[(f"sources.{source}", "present", "no such source, then remove it")],
        )
    known = left_behind(project)
    if source not in known:
        names = ", ".join(known) or "none"
        raise SettingsError(
            f"The lake holds no source {source}. Left behind: {names}.",
            problems=[("SOURCE", source, names)],
        )
    lake = project.lake
    tables = (*ROWS, "ledger")
    partitions = [place for table in tables for place in lake.count_by(table, ["source", "bucket"])]
    buckets = sorted({bucket for name, bucket in partitions if name == source})
    with locks.partitions(lake, source, buckets):
        for bucket in buckets:
            rows = ledger.read(lake, Scope(source, [bucket]))
            ledger.undone(lake, source, rows, ledger.DONE_FIELDS)
        messages.begin_anew(lake, source)
        removed = {table: lake.delete(table, Scope(source)) for table in ROWS}
        search_index.run(project)
        contract_pages.forget(lake, [source])
        card_files.forget(lake, source)
        return removed | {table: lake.delete(table, Scope(source)) for table in REGISTRY}
