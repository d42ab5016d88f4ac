"""What opens an incident and what closes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from doclake.errors import DoclakeError, LakeError
from doclake.operate import escalation, incidents, notifications
from doclake.project import Project
from doclake.secrets import redact
from doclake.tables.incidents import Incident

INDEX = "search_index"
LISTING = "listing"
SHARED = (
    INDEX,
    "retrieval_report",
    "quality",
    "drift",
    "report",
)  # assets that belong to no source


@dataclass(frozen=True)
class CheckOutcome:
    """One evaluation of an asset check in a run. `severity` is that of the incident that its
    failure opens, None if it opens none."""

    asset: str
    check: str
    passed: bool
    severity: str | None
    message: str


def record(
    project: Project,
    source: str,
    *,
    run_id: str,
    ended: datetime,
    error: str | None,
    checks: Iterable[CheckOutcome],
    cause: str = incidents.RUN,
) -> None:
    """Open and close the incidents that the end of a run calls for.

    A check of a shared asset belongs to no source: the next good run of any source closes it.
    """
    lake = project.lake
    if error is None:
        incidents.resolve(lake, source, cause, run_id)
    else:
        message = f"The run failed: {error}"
        open_incident(project, source, cause, message, run_id, ended, incidents.CRITICAL)
    for check in checks:
        checked = INDEX if check.asset in SHARED else source
        check_cause = incidents.check_cause(check.asset, check.check)
        if check.passed:
            incidents.resolve(lake, checked, check_cause, run_id)
        elif check.severity is not None:
            open_incident(
                project, checked, check_cause, check.message, run_id, ended, check.severity
            )
    tell(project)


def listing_failed(project: Project, source: str, error: DoclakeError) -> None:
    """Open one incident for a source that cannot be listed, however often it is tried."""
    open_incident(project, source, LISTING, str(error), "", datetime.now(UTC), incidents.ERROR)
    tell(project)


def _of_listings(source: str) -> set[str]:
    """What is open from the first incomplete listing to the next complete one."""
    return {LISTING, incidents.check_cause(f"{source}/documents", "listing_is_complete")}


def was_incomplete(project: Project, source: str) -> bool:
    """Whether the last listing that is known was incomplete."""
    unresolved = incidents.unresolved(project.lake, source)
    return not _of_listings(source).isdisjoint(row["cause"] for row in unresolved)


def listing_succeeded(project: Project, source: str, *, as_registered: bool) -> None:
    """Close the incidents that a complete listing settles: failed listings and, if it lists exactly
    what the registry holds, refused deletions. No run is due then that could close them."""
    lake = project.lake
    settled = _of_listings(source)
    if as_registered:
        settled.add(incidents.check_cause(f"{source}/documents", "deletions_within_guard"))
    unresolved = incidents.unresolved(lake, source)
    for cause in {row["cause"] for row in unresolved} & settled:
        incidents.resolve(lake, source, cause, "")
    tell(project, [row for row in unresolved if row["cause"] not in settled])


def tell(project: Project, unresolved: Iterable[Incident] | None = None) -> None:
    """Make what is late graver, of the `unresolved` incidents or of all, and notify people."""
    late = incidents.unresolved(project.lake) if unresolved is None else unresolved
    escalation.escalate(project, late)
    notifications.notify(project.lake, project.settings.alerts)


def open_incident(
    project: Project,
    source: str,
    cause: str,
    message: str,
    run_id: str,
    ended: datetime,
    severity: str,
) -> None:
    """Open an incident, if none of this source and cause is open. What the lake cannot keep is
    told at once; raises its `LakeError`."""
    owner = ", ".join(project.settings.owners(source))
    try:
        incidents.raise_incident(
            project.lake,
            source,
            cause,
            owner=owner,
            message=message,
            run_id=run_id,
            failed_at=ended,
            severity=severity,
        )
    except LakeError as unsaved:  # a full disk stops the run and the incident alike
        alerts = project.settings.alerts
        if alerts.are_set:
            news = notifications.News(source, redact(message), f"{unsaved}\nowner {owner}")
            notifications.send(alerts, news)
        raise
