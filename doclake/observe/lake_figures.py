"""What a lake holds and how its runs went, as figures for a time series: of rows that stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from doclake import clock
from doclake.errors import IndexStateError, LakeError
from doclake.index.state import FOLLOWED
from doclake.lake import messages, past
from doclake.observe.bounds import MEASURES
from doclake.project import Project
from doclake.settings.source_options import is_topic
from doclake.tables.incidents import INCIDENTS
from doclake.tables.ledger import LEDGER
from doclake.tables.measurements import MEASUREMENTS
from doclake.tables.quality import QUALITY, QualityRow, value_of
from doclake.tables.runs import RUNS

SEVERITIES = ("warning", "error", "critical")
SHARED = "search_index"
"""The source of incidents that no source owns alone."""
_STATUSES = ("ok", "failed")
_SHARES = tuple(name for name in MEASURES if name != "downtime")
_QUALITY = ("source", "day", "until", "downtime", *_SHARES)
_AMOUNTS = {
    "documents": "stage_documents",
    "elements": "stage_parsing_seconds",
    "chunks": "stage_tokens",
    "signals": "stage_chunks",
    "embeddings": "stage_tokens",
    "search_index": "stage_index_rows",
}
"""What the amount of a measurement is, by stage; `run` counts runs."""

Sample = tuple[tuple[str, ...], float]
"""Values of the labels, and the value."""


@dataclass
class Figures:
    """By the name of each gauge its samples, as they were at `read`. Nothing stands there that
    could not be read."""

    read: datetime
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, name: str, value: float, *labels: str) -> None:
        self.samples.setdefault(name, []).append((labels, float(value)))


def unread() -> Figures:
    """What is told of a lake that cannot be looked at."""
    figures = Figures(clock.now())
    figures.add("lake_readable", False)
    return figures


def look(project: Project) -> Figures:
    """The figures of every source that is configured. Raises nothing: what cannot be read is left
    out, and `lake_readable` is 0."""
    figures, readable = Figures(clock.now()), True
    for of_part in _PARTS:
        part = Figures(figures.read)
        try:
            of_part(project, part)
        except (LakeError, IndexStateError):
            readable = False
        else:
            figures.samples |= part.samples
    figures.add("lake_readable", readable)
    figures.add("figures_timestamp_seconds", figures.read.timestamp())
    return figures


def _documents(project: Project, figures: Figures) -> None:
    schema = LEDGER.columns(["source", "status"])
    schema = schema.append(pa.field("n", pa.int64())).append(pa.field("i", pa.int64()))
    sql = "SELECT source, status, count(*) AS n, count(indexed) AS i FROM t GROUP BY source, status"
    rows = past.select(project.lake, LEDGER.name, sql, schema)
    counted = {(row["source"], row["status"]): row for row in rows.to_pylist()} if rows else {}
    for name in project.settings.sources:
        for status in _STATUSES:
            row = counted.get((name, status), {"n": 0, "i": 0})
            figures.add("documents", row["n"], name, status)
            if status == "ok":
                figures.add("documents_unindexed", row["n"] - row["i"], name)


def _chunks(project: Project, figures: Figures) -> None:
    counted = project.lake.count_by("chunks", ["source"])
    refused = project.lake.count_by("quarantine", ["source"], value="key")
    for name in project.settings.sources:
        figures.add("chunks", counted.get((name,), 0), name)
        figures.add("quarantined_rows", refused.get((name,), 0), name)


def _promises(project: Project, figures: Figures) -> None:
    for name, source in project.settings.sources.items():
        if source.freshness:
            figures.add("freshness_target_seconds", source.freshness.total_seconds(), name)


def _incidents(project: Project, figures: Figures) -> None:
    columns = ["source", "severity", "resolved_at"]
    rows = INCIDENTS.rows(project.lake.read(INCIDENTS.name, columns=columns))
    unresolved = [(row["source"], row["severity"]) for row in rows if row["resolved_at"] is None]
    for name in (*project.settings.sources, SHARED):
        for severity in SEVERITIES:
            figures.add("incidents_open", unresolved.count((name, severity)), name, severity)


def _stages(project: Project, figures: Figures) -> None:
    """Of the last ingest in which a stage worked, all of its groups of buckets."""
    rows = MEASUREMENTS.rows(project.lake.read(MEASUREMENTS.name))
    rows.sort(key=lambda row: row["ended_at"])
    last = {(row["source"], row["stage"]): row["ingest_id"] for row in rows}
    for (source, stage), ingest_id in last.items():
        if source not in project.settings.sources:
            continue
        key = (source, stage, ingest_id)
        ours = [row for row in rows if (row["source"], row["stage"], row["ingest_id"]) == key]
        figures.add("stage_seconds", sum(row["seconds"] for row in ours), source, stage)
        memory = max(row["memory_bytes"] or 0 for row in ours)
        if memory:
            figures.add("stage_memory_bytes", memory, source, stage)
        ended = ours[-1]["ended_at"].timestamp()
        figures.add("stage_ended_timestamp_seconds", ended, source, stage)
        if stage in _AMOUNTS:
            figures.add(_AMOUNTS[stage], sum(row["amount"] for row in ours), source, stage)


def _runs(project: Project, figures: Figures) -> None:
    schema = RUNS.columns(["source", "ended_at"])
    sql = "SELECT source, max(ended_at) AS ended_at FROM t GROUP BY source"
    rows = past.select(project.lake, RUNS.name, sql, schema)
    for row in rows.to_pylist() if rows else ():
        if row["source"] in project.settings.sources:
            ended = row["ended_at"].timestamp()
            figures.add("last_good_run_timestamp_seconds", ended, row["source"])


def _topics(project: Project, figures: Figures) -> None:
    topics = [name for name, its in project.settings.sources.items() if is_topic(its)]
    for name, (waiting, newest) in messages.progress(project.lake, topics).items():
        figures.add("stream_behind_messages", waiting, name)
        if newest is not None:
            sent = newest.timestamp()
            figures.add("stream_newest_message_timestamp_seconds", sent, name)


def _quality(project: Project, figures: Figures) -> None:
    rows = QUALITY.rows(project.lake.read(QUALITY.name, columns=list(_QUALITY)))
    last: dict[str, QualityRow] = {}
    for row in sorted(rows, key=lambda row: row["day"]):
        last[row["source"]] = row
    for name, row in last.items():
        if name not in project.settings.sources:
            continue
        for measure in _SHARES:
            value = value_of(row, measure)
            if value is not None:
                figures.add("quality_ratio", value, name, measure)
        figures.add("quality_downtime_seconds", row["downtime"], name)
        figures.add("quality_judged_timestamp_seconds", row["until"].timestamp(), name)


def _index(project: Project, figures: Figures) -> None:
    current = project.index.current()
    figures.add("index_rows", current[1].count() if current else 0)
    for table in FOLLOWED:
        followed = current[0].watermarks.get(table) if current else None
        version = project.lake.version(table)
        behind = (-1 if version is None else version) - (followed.version if followed else -1)
        figures.add("index_behind_commits", max(0, behind), table)


_PARTS: tuple[Callable[[Project, Figures], None], ...] = (
    _documents,
    _chunks,
    _promises,
    _incidents,
    _stages,
    _runs,
    _topics,
    _quality,
    _index,
)
