"""What happens after a run: failures open incidents, good runs close them, people are told.

Two sensors watch the runs of the instance; a run started from the command line is recorded by the
command itself, so nothing needs a daemon. Recording a run twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from doclake import incidents, notify
from doclake.errors import DoclakeError, LakeError
from doclake.lake.lake import Lake
from doclake.settings import Settings

INDEX = "search_index"
LISTING = "listing"


@dataclass(frozen=True)
class CheckOutcome:
    """One evaluation of an asset check in a run."""

    asset: str
    check: str
    passed: bool
    blocks: bool
    message: str


def record(
    settings: Settings,
    source: str,
    *,
    run_id: str,
    ended: datetime,
    error: str | None,
    checks: Iterable[CheckOutcome],
    cause: str = incidents.RUN,
) -> None:
    """Open and close the incidents that the end of a run calls for.

    A check of the index belongs to no source: whichever source's run is good next closes it.
    """
    lake = Lake(settings.lake_url)
    if error is None:
        incidents.resolve(lake, source, cause, run_id)
    else:
        message = f"The run failed: {error}"
        _open(settings, lake, source, cause, message, run_id, ended, incidents.CRITICAL)
    for check in checks:
        of = INDEX if check.asset == INDEX else source
        failed = incidents.check_cause(check.asset, check.check)
        if check.passed:
            incidents.resolve(lake, of, failed, run_id)
        elif check.blocks:
            _open(settings, lake, of, failed, check.message, run_id, ended, incidents.ERROR)
    notify.tell(lake, settings.alerts.webhook)


def listing_failed(settings: Settings, source: str, error: DoclakeError) -> None:
    """Open an incident for a source that cannot be listed; once, however often it is tried."""
    lake = Lake(settings.lake_url)
    _open(settings, lake, source, LISTING, str(error), "", datetime.now(UTC), incidents.ERROR)
    notify.tell(lake, settings.alerts.webhook)


def listing_succeeded(settings: Settings, source: str, *, as_registered: bool) -> None:
    """Close what a complete listing proves good: itself and, where it lists exactly what the
    registry holds, the deletions that the guard refused. Else no run would, for none is due."""
    lake = Lake(settings.lake_url)
    good = {LISTING, incidents.check_cause(f"{source}/documents", "listing_is_complete")}
    if as_registered:
        good.add(incidents.check_cause(f"{source}/documents", "deletions_within_guard"))
    for cause in {row["cause"] for row in incidents.open_ones(lake, source)} & good:
        incidents.resolve(lake, source, cause, "")
    notify.tell(lake, settings.alerts.webhook)


def _open(
    settings: Settings,
    lake: Lake,
    source: str,
    cause: str,
    message: str,
    run_id: str,
    ended: datetime,
    severity: str,
) -> None:
    known = settings.sources.get(source)
    try:
        incidents.raise_incident(
            lake,
            source,
            cause,
            owner=known.owner if known else "team:data",
            message=message,
            run_id=run_id,
            failed_at=ended,
            severity=severity,
        )
    except LakeError as unsaved:  # a full disk: what fails the run also keeps no incident
        notify.send(settings.alerts.webhook, f":rotating_light: *{source}* {message}\n{unsaved}")
        raise


def check_outcomes(evaluations: Iterable[dg.AssetCheckEvaluation]) -> list[CheckOutcome]:
    """Only checks of severity ERROR open incidents; any check that passes closes its own."""
    outcomes = []
    for evaluation in evaluations:
        texts = [
            str(evaluation.metadata[name].value)
            for name in ("message", "mend")
            if name in evaluation.metadata
        ]
        outcomes.append(
            CheckOutcome(
                evaluation.asset_key.to_user_string(),
                evaluation.check_name,
                evaluation.passed,
                evaluation.severity == dg.AssetCheckSeverity.ERROR,
                " ".join(texts) or f"The check {evaluation.check_name} failed.",
            )
        )
    return outcomes


def incident_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Two sensors: one for runs that fail, one for runs that end well."""

    @dg.run_failure_sensor(
        name="open_incidents",
        description="Opens an incident for a failed run and tells its owner.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def open_incidents(context: dg.RunFailureSensorContext) -> None:
        _record_run(settings, context, context.failure_event.message or "no message")

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="close_incidents",
        description="Closes incidents after a good run; opens them for failed checks.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def close_incidents(context: dg.RunStatusSensorContext) -> None:
        _record_run(settings, context, None)

    return [open_incidents, close_incidents]


def _record_run(settings: Settings, context: dg.RunStatusSensorContext, error: str | None) -> None:
    run = context.dagster_run
    events = context.instance.all_logs(
        run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    evaluations = [
        entry.dagster_event.asset_check_evaluation_data
        for entry in events
        if entry.dagster_event is not None
    ]
    checks = check_outcomes(evaluations)
    keys = {key.path[0] for key in run.asset_selection or () if len(key.path) > 1}
    keys |= {check.asset.split("/")[0] for check in checks if "/" in check.asset}
    keys |= {source for source in [run.tags.get("doclake/source")] if source}
    ended = _ended(context)
    # A job without assets (maintenance, a listing) is good again when that job is.
    cause = incidents.RUN if keys or checks or run.asset_selection else f"job:{run.job_name}"
    for source in sorted(keys & settings.sources.keys()) or [INDEX]:
        mine = [c for c in checks if c.asset.split("/")[0] in (source, INDEX)]
        record(
            settings,
            source,
            run_id=run.run_id,
            ended=ended,
            error=error,
            checks=mine,
            cause=cause,
        )


def _ended(context: dg.RunStatusSensorContext) -> datetime:
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    ended = record.end_time if record else None
    return datetime.fromtimestamp(ended, UTC) if ended else datetime.now(UTC)
