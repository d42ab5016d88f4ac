"""Quality, drift and retrieval over time, and incidents with the promise to answer them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from doclake import clock
from doclake.evaluate.measures import JUDGED_BY
from doclake.govern.report_page.documents import Documents
from doclake.govern.report_page.parts import (
    Cell,
    lasting,
    pictures,
    section,
    such_as,
    table,
)
from doclake.observe import drawings
from doclake.observe.answer_times import overdue, promise
from doclake.observe.bounds import breaches
from doclake.stages import drift, quality, retrieval_report
from doclake.tables.drift import DriftRow
from doclake.tables.incidents import INCIDENTS, Incident
from doclake.tables.quality import value_of

_DAYS = 60
_CLOSED_SINCE = timedelta(days=30)
_DRAWN = {
    "completeness": "Read whole and indexed",
    "error_rate": "Failed",
    "quarantine_rate": "Chunks refused",
    "freshness_met": "As fresh as promised",
    "duplicate_rate": "Chunks that repeat others",
    "ocr_confidence": "Confidence of OCR",
}


def quality_over_time(documents: Documents) -> str:
    project = documents.project
    rows = {name: quality.history(project, name) for name in documents.sources}
    drawn = []
    for measure, title in _DRAWN.items():
        days, series = quality.by_day(rows, _DAYS, partial(value_of, measure=measure))
        if series:
            drawn.append(drawings.lines(series, days, title=title, width=520, height=190))
    days, down = quality.by_day(rows, _DAYS, lambda row: row["downtime"] / 60)
    if any(value for line in down.values() for value in line):
        title = "Minutes with a grave incident open"
        drawn.append(drawings.lines(down, days, title=title, share=False, width=520, height=190))
    beyond: list[list[str | Cell]] = [
        [name, breach.measure.replace("_", " "), Cell(breach.message, "bad"), breach.mend]
        for name, every in rows.items()
        if every
        for breach in breaches(every[-1], project.source(name).quality)
    ]
    return section(
        "quality",
        "Quality over time",
        "One value for each source and day. What is beyond its bound has an incident of its own.",
        table(("source", "figure", "beyond its bound", "what to do"), beyond,
              nothing="Every figure keeps within its bounds."),
        pictures(*drawn),
    )  # fmt: skip


def drift_over_time(documents: Documents) -> str:
    lines: list[list[str | Cell]] = []
    drawn = []
    for name in documents.sources:
        rows = drift.history(documents.project, name)
        days, series = drift.by_day(rows, _DAYS)
        if days:
            title = f"{name}: how likely chance alone is"
            drawn.append(drawings.lines(series, days, title=title, width=520, height=190))
        for row in _told(rows[-len(drift.ASPECTS) :]):
            moved = [
                documents.paths[key] for key in row["moved_by"] or () if key in documents.paths
            ]
            verdict = Cell(row["verdict"], "bad") if row["drifted"] else row["verdict"]
            distance = "" if row["distance"] is None else f"{row['distance']:.3f}"
            p_value = "" if row["p_value"] is None else f"{row['p_value']:.3f}"
            lines.append(
                [name, row["day"], row["aspect"], distance, p_value, verdict, such_as(moved)]
            )
    headings = ("source", "day", "aspect", "distance", "p", "", "moved most by")
    return section(
        "drift",
        "Whether what arrives is like before",
        "Arrivals of each day beside a kept reference: population stability index of lengths, "
        "languages and types, maximum mean discrepancy of vectors.",
        table(headings, lines, numbers=("distance", "p"), nothing="Nothing was compared yet."),
        pictures(*drawn) if drawn else "",
    )


def _told(rows: Sequence[DriftRow]) -> list[DriftRow]:
    """One in place of all, where too few documents arrived to say anything."""
    silent = rows and all(row["distance"] is None for row in rows)
    return [{**rows[0], "aspect": "all"}] if silent else list(rows)


def incidents_of(documents: Documents) -> list[Incident]:
    """Those of the sources and of what all share, newest first."""
    rows = INCIDENTS.rows(documents.project.lake.read(INCIDENTS.name))
    others = documents.project.settings.sources.keys() - set(documents.sources)
    mine = [row for row in rows if row["source"] not in others]
    return sorted(mine, key=lambda row: row["opened_at"], reverse=True)


def late(documents: Documents, incident: Incident, now: datetime) -> str | None:
    return overdue(incident, promise(documents.project.settings, incident["source"]), now)


def incidents(documents: Documents, rows: Sequence[Incident]) -> str:
    now = clock.now()
    lines: list[list[str | Cell]] = []
    for row in sorted(rows, key=lambda row: row["resolved_at"] is not None):
        resolved = row["resolved_at"]
        if resolved and resolved < now - _CLOSED_SINCE:
            continue
        due = promise(documents.project.settings, row["source"])
        times = f"{lasting(due.take_within)}, {lasting(due.resolve_within)}"
        missed = late(documents, row, now)
        state = Cell("closed", "good") if resolved else Cell("open", "bad")
        lines.append(
            [
                row["source"],
                row["cause"],
                Cell(row["severity"], "odd" if row["severity"] == "warning" else "bad"),
                state,
                f"{row['opened_at']:%Y-%m-%d %H:%M}",
                lasting((resolved or now) - row["opened_at"]),
                Cell(f"{missed or 'in time'} ({times})", "bad" if missed else "good"),
                row["owner"],
                row["message"] or "",
            ]
        )
    headings = (
        *("source", "cause", "severity", "state", "opened", "for"),
        *("promise to take, to resolve", "owner", "what happened"),
    )
    return section(
        "incidents",
        "Incidents",
        f"Open ones, and those closed in the last {_CLOSED_SINCE.days} days, beside the promise to "
        "take and to resolve them.",
        table(headings, lines, nothing="No incident."),
    )


def retrieval(documents: Documents) -> str:
    lines: list[list[str | Cell]] = []
    for name in documents.sources:
        for row in retrieval_report.verdicts(documents.project, name):
            span = f"{row['low']:.3f} to {row['high']:.3f}"
            made = "generated" if row["is_generated"] else "golden"
            asked = f"{row['asked_at']:%Y-%m-%d}"
            language, mean = row["language"] or "all", f"{row['mean']:.3f}"
            lines.append([name, language, f"{row['n']:,} {made}", mean, span, asked])
    headings = ("source", "language", "questions", JUDGED_BY, "95 % of samples", "asked")
    return section(
        "retrieval",
        "How well search answers",
        "Questions whose answers are known; 1 means that the right passage always comes first.",
        table(headings, lines, numbers=(JUDGED_BY,), nothing="No question was asked yet."),
    )
