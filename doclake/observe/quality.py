"""The figures of a day: how much was read, refused and repeated, how fresh it was, what failed.

What documents were like at its end is read from the tables as they were then; what happened in it
from the times in the registry, the runs and the incidents. So a day comes out the same
whenever it is looked at, as long as the history of the lake reaches back to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from doclake.health import shortfalls
from doclake.lake import ledger, past, runs
from doclake.lake.scope import Scope
from doclake.observe.days import Day, seconds_of, share_met
from doclake.project import Project
from doclake.settings.operations import Thin
from doclake.tables.documents import DOCUMENTS
from doclake.tables.incidents import INCIDENTS, Incident
from doclake.tables.ledger import LEDGER
from doclake.tables.quality import QUALITY, QualityRow

GRAVE = ("error", "critical")
"""Severities of incidents while which the data counts as down. One that became grave because nobody
answered it says nothing of the data."""
UNDECIDED = "und"
_OCR = "tesseract"
_STATE = (*shortfalls.COLUMNS, "content_hash", "indexed")


@dataclass(frozen=True)
class Events:
    """What happened to a source, whenever it did: read once for all of its days."""

    first_seen: Sequence[datetime]
    deleted: Sequence[datetime]
    runs: Sequence[datetime]
    incidents: Sequence[Incident]

    @classmethod
    def of(cls, project: Project, source: str) -> Events:
        scope, lake = Scope(source), project.lake
        listed = lake.read(DOCUMENTS.name, scope, ["first_seen", "deleted_at"])
        return cls(
            first_seen=_moments(listed["first_seen"]),
            deleted=_moments(listed["deleted_at"]),
            runs=runs.ends(lake, source),
            incidents=INCIDENTS.rows(lake.read(INCIDENTS.name, scope)),
        )


def judged(project: Project, source: str, day: Day, events: Events) -> QualityRow:
    """The figures of a day of a source. Raises `LakeError`."""
    row: dict[str, Any] = dict(QUALITY.empty_row()) | {
        "source": source,
        "day": day.name,
        "until": day.until,
        **_happened(project, source, day, events),
        **_documents(project, source, day),
        **_chunks(project, source, day),
    }
    return cast("QualityRow", row)


def _happened(project: Project, source: str, day: Day, events: Events) -> dict[str, Any]:
    span = (day.start, day.until)
    opened = [one for one in events.incidents if day.holds(one["opened_at"])]
    closed = [one for one in events.incidents if day.holds(one["resolved_at"])]
    down = (
        (one["failed_at"] or one["opened_at"], one["resolved_at"] or day.until)
        for one in events.incidents
        if (one["opened_as"] or one["severity"]) in GRAVE
    )
    ends = [moment for moment in events.runs if moment <= day.until]
    target = project.source(source).freshness
    return {
        "arrived": sum(map(day.holds, events.first_seen)),
        "removed": sum(map(day.holds, events.deleted)),
        "freshness_met": share_met(ends, target, span) if target else None,
        "seconds_since_run": (day.until - ends[-1]).total_seconds() if ends else None,
        "incidents_opened": len(opened),
        "incidents_resolved": len(closed),
        "seconds_to_detect": _mean([one["seconds_to_detect"] for one in opened]),
        "seconds_to_resolve": _mean([one["seconds_to_resolve"] for one in closed]),
        "downtime": seconds_of(down, span),
    }


def _documents(project: Project, source: str, day: Day) -> dict[str, Any]:
    """Of the ledger at the end of the day; empty if nobody knows it any more."""
    columns = list(_STATE)
    rows = past.read(project.lake, LEDGER.name, Scope(source), columns, _then(day))
    if rows is None:
        return {}
    rows = rows.filter(pc.not_equal(rows["status"], ledger.DELETED))
    failed = _count(pc.equal(rows["status"], ledger.FAILED))
    short = _short(rows, project.settings.thin)
    ok = pc.and_(pc.equal(rows["status"], ledger.OK), pc.is_valid(rows["indexed"]))
    chunks, refused = _sum(rows["chunks"]), _sum(rows["quarantined"])
    return {
        "documents": rows.num_rows,
        "documents_failed": failed,
        "documents_short": short,
        "documents_copied": ledger.copies(rows),
        "chunks_refused": refused,
        "completeness": _share(max(0, _count(ok) - short), rows.num_rows),
        "error_rate": _share(failed, rows.num_rows),
        "quarantine_rate": _share(refused, chunks + refused),
    }


def _short(rows: pa.Table, thin: Thin) -> int:
    """Documents, whole but for the text that is missing."""
    return sum(1 for _ in shortfalls.of(rows, thin))


def _chunks(project: Project, source: str, day: Day) -> dict[str, Any]:
    """Of the chunks, what repeats, and what OCR read; empty where nobody knows it any more."""
    where = f"FROM t WHERE {Scope(source).sql()}"
    figures: dict[str, Any] = {}
    languages = _select(
        project,
        "chunks",
        f"SELECT language, count(*) AS n, sum(tokens) AS tokens {where} GROUP BY language",
        {"language": pa.string(), "n": pa.int64(), "tokens": pa.int64()},
        day,
    )
    if languages is not None:
        counts = sorted(languages, key=lambda row: (-row["n"], row["language"] or ""))
        figures["languages"] = [
            {"language": row["language"] or UNDECIDED, "chunks": row["n"]} for row in counts
        ]
        figures["chunks_in_all"] = sum(row["n"] for row in counts)
        figures["tokens_in_all"] = sum(row["tokens"] for row in counts)
    limit = project.source(source).stale_after
    if limit is not None:
        moment = (day.until - limit).astimezone(UTC).replace(tzinfo=None).isoformat()
        older = f"date < TIMESTAMP '{moment}Z'"
        sql = f"SELECT count(DISTINCT doc_id) AS n {where} AND {older}"
        outdated = _select(project, "chunks", sql, {"n": pa.int64()}, day)
        figures["documents_outdated"] = outdated[0]["n"] if outdated else None
    repeated = _select(
        project,
        "minhashes",
        f"SELECT count(*) AS n, count(similarity) AS again {where}",
        {"n": pa.int64(), "again": pa.int64()},
        day,
    )
    if repeated and repeated[0]["n"]:
        figures["chunks_repeated"] = repeated[0]["again"]
        figures["duplicate_rate"] = _share(repeated[0]["again"], repeated[0]["n"])
    read = _select(
        project,
        "elements",
        f"SELECT avg(confidence) AS mean {where} AND method = '{_OCR}'",
        {"mean": pa.float64()},
        day,
    )
    figures["ocr_confidence"] = read[0]["mean"] if read else None
    return figures


def _select(
    project: Project, table: str, sql: str, kinds: dict[str, pa.DataType], day: Day
) -> list[dict[str, Any]] | None:
    schema = pa.schema(list(kinds.items()))
    rows = past.select(project.lake, table, sql, schema, _then(day))
    return None if rows is None else rows.to_pylist()


def _then(day: Day) -> datetime | None:
    """The moment to look back to; None for now."""
    return day.until if day.is_over else None


def _moments(column: pa.ChunkedArray[Any]) -> list[datetime]:
    return cast("list[datetime]", column.drop_null().to_pylist())


def _count(mask: Any) -> int:
    return pc.sum(mask).as_py() or 0


def _sum(column: pa.ChunkedArray[Any]) -> int:
    return pc.sum(column).as_py() or 0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
