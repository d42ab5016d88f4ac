"""drift: compares the documents that arrived on each day with a reference of before.

A reference is what arrived in `quality.reference` before the first day that is compared with it. It
is kept in the rows, for `quality.reference_lasts`, so that what changes by little each day is seen,
too; then what has arrived of late becomes the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from doclake import clock
from doclake.lake.scope import Scope
from doclake.observe import drift
from doclake.observe.arrivals import KINDS, Arrivals, Registered
from doclake.observe.days import Day, days
from doclake.observe.drift import Difference
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.settings import QualitySettings
from doclake.stages.quality import LOOKS_BACK
from doclake.stages.report import StageReport
from doclake.stages.traced import traced
from doclake.tables.drift import DRIFT, DriftRow, KindCount

STAGE = DRIFT.name
VECTORS = "embedding"
ASPECTS = (*KINDS, VECTORS)
_NAMED = 5  # documents that moved an aspect most


@dataclass(frozen=True)
class _Reference:
    begins: datetime
    ends: datetime
    kinds: dict[str, dict[str, int]]
    doc_ids: list[str]
    documents: int


@traced(STAGE)
def run(
    project: Project, sources: Iterable[str] = (), *, progress: Progress = silent
) -> StageReport:
    """Compare the arrivals of today and of each day that is over and not judged to its end, of
    these sources or of all. Raises `LakeError`."""
    report = StageReport(STAGE)
    now, names = clock.now(), list(sources) or list(project.settings.sources)
    for number, name in enumerate(names):
        progress(Step(name, STAGE, number, len(names), "sources"))
        registered = Registered(project, name)
        if registered.first is None:
            continue
        rows = history(project, name)
        first = max(registered.first, now - LOOKS_BACK)
        for day in days(first, now, ZoneInfo(project.settings.schedules.timezone)):
            if any(row["day"] == day.name and row["until"] == day.until for row in rows):
                report.unchanged += 1
                continue
            arrivals = registered.between(day.start, day.until)
            if not arrivals.documents:
                continue
            before = [row for row in rows if row["day"] < day.name]
            made = _judged(project.source(name).quality, registered, day, arrivals, before)
            made = [{**row, "source": name} for row in made]
            scope = Scope(name, where={"day": [day.name]})
            project.lake.replace(STAGE, scope, DRIFT.arrow(made))
            rows = [*before, *made]
            report.rows += len(made)
            report.documents += arrivals.documents
    return report.finished()


def history(project: Project, source: str) -> list[DriftRow]:
    """Every day of a source that was judged, oldest first."""
    rows = DRIFT.rows(project.lake.read(STAGE, Scope(source)))
    return sorted(rows, key=lambda row: (row["day"], ASPECTS.index(row["aspect"])))


def drifted(rows: Sequence[DriftRow]) -> list[DriftRow]:
    """Those of the last day, of what `history` gives, that drifted."""
    return [row for row in rows if row["day"] == rows[-1]["day"] and row["drifted"]]


def _judged(
    settings: QualitySettings,
    registered: Registered,
    day: Day,
    arrivals: Arrivals,
    before: Sequence[DriftRow],
) -> list[DriftRow]:
    """A row for each aspect."""
    least = settings.drift_min_documents
    reference = _reference(settings, registered, day, before)
    if arrivals.documents < least:
        why = f"too few: {arrivals.documents} documents arrived, {least} are compared"
    elif reference.documents < least:
        why = f"too few: {reference.documents} documents arrived before, {least} are compared"
    else:
        return [
            _aspect(settings, registered, day, arrivals, reference, aspect) for aspect in ASPECTS
        ]
    return [_row(day, arrivals, None, aspect, verdict=why) for aspect in ASPECTS]


def _reference(
    settings: QualitySettings, registered: Registered, day: Day, before: Sequence[DriftRow]
) -> _Reference:
    """The one that was compared with last, if it is not too old; else a new one."""
    kept = [row for row in before if row["reference_until"] is not None]
    ends = max((cast("datetime", row["reference_until"]) for row in kept), default=None)
    if ends is not None and day.start - ends <= settings.reference_lasts:
        rows = {row["aspect"]: row for row in kept if row["reference_until"] == ends}
        vectors = rows[VECTORS]
        kinds = {aspect: _counts(rows[aspect]["reference_kinds"]) for aspect in KINDS}
        documents = sum(kinds[KINDS[0]].values())
        begins = cast("datetime", vectors["reference_from"])
        return _Reference(begins, ends, kinds, vectors["reference_ids"] or [], documents)
    begins = day.start - settings.reference
    found = registered.between(begins, day.start)
    kinds = {aspect: found.counts(aspect) for aspect in KINDS} if found.documents else {}
    return _Reference(begins, day.start, kinds, found.of_vectors, found.documents)


def _aspect(
    settings: QualitySettings,
    registered: Registered,
    day: Day,
    arrivals: Arrivals,
    reference: _Reference,
    aspect: str,
) -> DriftRow:
    if aspect == VECTORS:
        return _vectors(settings, registered, day, arrivals, reference)
    now, then = arrivals.counts(aspect), reference.kinds[aspect]
    found = drift.shares(now, then)
    is_drift = found.distance >= settings.drift_index and _is_rare(settings, found)
    grown = drift.grown_most(now, then)
    moved = [doc for kind in grown for doc, its in arrivals.kinds[aspect].items() if its == kind]
    told = f"more {', '.join(grown[:3])} than before" if is_drift else "like before"
    return _row(
        day,
        arrivals,
        reference,
        aspect,
        verdict=told,
        distance=found.distance,
        p_value=found.p_value,
        drifted=is_drift,
        moved_by=moved[:_NAMED] if is_drift else [],
        kinds=_listed(now),
        reference_kinds=_listed(then),
    )


def _vectors(
    settings: QualitySettings,
    registered: Registered,
    day: Day,
    arrivals: Arrivals,
    reference: _Reference,
) -> DriftRow:
    now = registered.vectors(arrivals.of_vectors)
    then = registered.vectors(reference.doc_ids)
    kept: dict[str, Any] = {"reference_ids": reference.doc_ids}
    least = settings.drift_min_documents
    if min(len(now), len(then)) < max(least, 2):
        why = f"too few: {len(now)} arrivals and {len(then)} of before have vectors"
        return _row(day, arrivals, reference, VECTORS, verdict=why, **kept)
    found = drift.vectors(list(now.values()), list(then.values()))
    is_drift = _is_rare(settings, found)
    order = sorted(zip(found.witness.tolist(), now, strict=True), reverse=True)
    return _row(
        day,
        arrivals,
        reference,
        VECTORS,
        verdict="other topics or words than before" if is_drift else "like before",
        distance=found.distance,
        p_value=found.p_value,
        drifted=is_drift,
        moved_by=[doc_id for _, doc_id in order[:_NAMED]] if is_drift else [],
        **kept,
    )


def _is_rare(settings: QualitySettings, found: Difference) -> bool:
    """By chance in `drift_p_value` of the days at most, over all aspects together."""
    return found.p_value <= settings.drift_p_value / len(ASPECTS)


def _row(
    day: Day, arrivals: Arrivals, reference: _Reference | None, aspect: str, **figures: Any
) -> DriftRow:
    row: dict[str, Any] = dict(DRIFT.empty_row()) | {
        "day": day.name,
        "aspect": aspect,
        "until": day.until,
        "arrivals": arrivals.documents,
        "reference_from": reference.begins if reference else None,
        "reference_until": reference.ends if reference else None,
        **figures,
    }
    return cast("DriftRow", row)


def _listed(counts: dict[str, int]) -> list[KindCount]:
    return [{"kind": kind, "documents": number} for kind, number in sorted(counts.items())]


def _counts(kinds: Sequence[KindCount] | None) -> dict[str, int]:
    return {one["kind"]: one["documents"] for one in kinds or ()}


def by_day(rows: Sequence[DriftRow], most: int) -> tuple[list[str], dict[str, list[float | None]]]:
    """The last days on which arrivals were compared, and the p-value of each aspect on each."""
    days = sorted({row["day"] for row in rows if row["p_value"] is not None})[-most:]
    known = {(row["aspect"], row["day"]): row["p_value"] for row in rows}
    return days, {aspect: [known.get((aspect, day)) for day in days] for aspect in ASPECTS}
