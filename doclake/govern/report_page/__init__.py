"""One page about the lake, or about some of its sources, that a manager reads. It works offline."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from string import Template

from doclake import clock
from doclake.govern.report_page import contents, course, troubles
from doclake.govern.report_page.documents import Documents
from doclake.govern.report_page.parts import plain
from doclake.project import Project

NAV = {
    "holdings": "Contents",
    "troubles": "Failures",
    "oddities": "Oddities",
    "quality": "Quality",
    "drift": "Drift",
    "incidents": "Incidents",
    "duplicates": "Duplicates",
    "personal": "Personal data",
    "access": "Access",
    "retrieval": "Search",
    "cost": "Cost",
}


def page(project: Project, sources: Sequence[str]) -> str:
    """HTML without an asset beside it, of what stands in the lake: it judges nothing anew. It names
    documents of all readers. Raises `LakeError`."""
    documents = Documents(project, sources)
    days, now = contents.latest(documents), clock.now()
    rows = course.incidents_of(documents)
    unresolved = [row for row in rows if row["resolved_at"] is None]
    late = sum(course.late(documents, row, now) is not None for row in unresolved)
    parts = [
        contents.overview(days, len(unresolved), late),
        contents.holdings(documents, days),
        troubles.troubles(documents),
        troubles.oddities(documents),
        course.quality_over_time(documents),
        course.drift_over_time(documents),
        course.incidents(documents, rows),
        troubles.duplicates(documents, days),
        troubles.personal(documents),
        contents.access(documents),
        course.retrieval(documents),
        contents.cost(documents),
    ]
    template = (files("doclake") / "templates" / "report.html").read_text("utf-8")
    about = f"{', '.join(sources)}: as of {now:%Y-%m-%d %H:%M} UTC"
    return Template(template).substitute(
        title="Report on the lake" if len(sources) > 1 else f"Report on {plain(*sources)}",
        about=plain(about),
        nav="".join(f'<a href="#{name}">{title}</a>' for name, title in NAV.items()),
        sections="\n".join(parts),
    )
