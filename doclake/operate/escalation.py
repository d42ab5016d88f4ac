"""Incidents that nobody takes or solves in time become graver, and people hear of them again.

`quality.take_within` and `quality.resolve_within` of a source are the promise. What nobody took by
then is one degree graver; what is open after the second is critical.
"""

from __future__ import annotations

from collections.abc import Iterable

from doclake import clock
from doclake.observe.answer_times import NOT_RESOLVED, NOT_TAKEN, overdue, promise
from doclake.operate import incidents
from doclake.operate.incidents import CRITICAL, ERROR, WARNING
from doclake.project import Project
from doclake.tables.incidents import Incident

_GRAVER = {WARNING: ERROR, ERROR: CRITICAL, CRITICAL: CRITICAL}


def escalate(project: Project, unresolved: Iterable[Incident]) -> None:
    """Make those graver that became late since they were last looked at."""
    now = clock.now()
    for incident in unresolved:
        late = overdue(incident, promise(project.settings, incident["source"]), now)
        if late is None or (incident["acknowledged_at"] and late == NOT_TAKEN):
            continue
        if late == incident["escalated_for"]:
            continue
        graver = CRITICAL if late == NOT_RESOLVED else _GRAVER[incident["severity"]]
        incidents.escalate(project.lake, incident, graver, late)
