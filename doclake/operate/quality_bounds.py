"""Judges the figures of today, and opens and closes incidents by them."""

from __future__ import annotations

from collections.abc import Iterable

from doclake import clock
from doclake.observe.bounds import MEASURES, Breach, breaches
from doclake.operate import incidents
from doclake.operate.incident_rules import open_incident, tell
from doclake.progress import Progress, silent
from doclake.project import Project
from doclake.stages import quality
from doclake.stages.report import StageReport


def cause(measure: str) -> str:
    return f"quality:{measure}"


def quality_of(
    project: Project,
    sources: Iterable[str] = (),
    *,
    run_id: str = "",
    progress: Progress = silent,
) -> tuple[StageReport, dict[str, list[Breach]]]:
    """Bring the table `quality` up to date; what is beyond its bounds today, by source. Each opens
    one incident of severity warning, which closes once the figure is good again."""
    names = list(sources) or list(project.settings.sources)
    report = quality.run(project, names, progress=progress)
    found = {name: _breaches(project, name) for name in names}
    for name, beyond in found.items():
        for breach in beyond:
            open_incident(
                project,
                name,
                cause(breach.measure),
                f"{breach.message} {breach.mend}",
                run_id,
                clock.now(),
                incidents.WARNING,
            )
        good = {cause(measure) for measure in MEASURES} - {cause(one.measure) for one in beyond}
        for known in {row["cause"] for row in incidents.unresolved(project.lake, name)} & good:
            incidents.resolve(project.lake, name, known, run_id)
    tell(project)
    return report, found


def _breaches(project: Project, source: str) -> list[Breach]:
    days = quality.history(project, source)
    return breaches(days[-1], project.source(source).quality) if days else []
