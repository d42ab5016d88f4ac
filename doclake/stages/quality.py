"""quality: writes the figures of each day of each source, and those of days that were missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from doclake import clock
from doclake.lake.scope import Scope
from doclake.observe import quality
from doclake.observe.days import Day, days
from doclake.observe.quality import Events
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.stages.report import StageReport
from doclake.stages.traced import traced
from doclake.tables.quality import QUALITY, QualityRow

STAGE = QUALITY.name
LOOKS_BACK = timedelta(days=30)
"""So many missed days are filled in."""


@traced(STAGE)
def run(
    project: Project, sources: Iterable[str] = (), *, progress: Progress = silent
) -> StageReport:
    """Judge today and every day that is over and not judged to its end, of these sources or of
    all. A day that was judged to its end stays as it is. Raises `LakeError`."""
    report = StageReport(STAGE)
    now, names = clock.now(), list(sources) or list(project.settings.sources)
    for number, name in enumerate(names):
        progress(Step(name, STAGE, number, len(names), "sources"))
        events = Events.of(project, name)
        known = {row["day"]: row["until"] for row in history(project, name)}
        for day in _days(project, events, now):
            if known.get(day.name) == day.until:
                report.unchanged += 1
                continue
            row = quality.judged(project, name, day, events)
            scope = Scope(name, where={"day": [day.name]})
            project.lake.replace(STAGE, scope, QUALITY.arrow([row]))
            report.rows += 1
    return report.finished()


def _days(project: Project, events: Events, now: datetime) -> Iterable[Day]:
    zone = ZoneInfo(project.settings.schedules.timezone)
    first = max(min(events.first_seen, default=now), now - LOOKS_BACK)
    return days(first, now, zone)


def history(project: Project, source: str) -> list[QualityRow]:
    """Every day of a source that was judged, oldest first."""
    rows = QUALITY.rows(project.lake.read(STAGE, Scope(source)))
    return sorted(rows, key=lambda row: row["day"])


def by_day(
    rows: Mapping[str, Sequence[QualityRow]],
    most: int,
    figure: Callable[[QualityRow], float | None],
) -> tuple[list[str], dict[str, list[float | None]]]:
    """The last days, and a figure of each source on each, without sources that have none."""
    days = sorted({row["day"] for every in rows.values() for row in every})[-most:]
    series = {
        name: [known.get(day) for day in days]
        for name, every in rows.items()
        for known in [{row["day"]: figure(row) for row in every}]
    }
    return days, {
        name: line for name, line in series.items() if any(value is not None for value in line)
    }
