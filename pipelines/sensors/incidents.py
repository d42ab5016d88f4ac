"""What happens after a run: failures open incidents, good runs close them, people are notified.

Two sensors watch the runs of the instance; a run started from the command line is recorded by the
command itself, so nothing needs a daemon. Recording a run twice changes nothing. What a good run
took is kept as well, for the forecasts of the next.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import dagster as dg

from doclake.health.shortfalls import CHECKS
from doclake.index import switch
from doclake.lake import runs
from doclake.observe import prometheus
from doclake.operate import incidents
from doclake.operate.foresight import Foresight
from doclake.operate.incident_rules import INDEX, SHARED, CheckOutcome, record
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake_dagster.pipelines.run_errors import cause_of
from doclake_dagster.pipelines.run_figures import figures


def check_outcomes(evaluations: Iterable[dg.AssetCheckEvaluation]) -> list[CheckOutcome]:
    """Checks of severity ERROR open incidents, and of those that warn the ones about shortfalls and
    about a model that is held back; any check that passes closes its own."""
    outcomes = []
    for evaluation in evaluations:
        outcomes.append(
            CheckOutcome(
                evaluation.asset_key.to_user_string(),
                evaluation.check_name,
                evaluation.passed,
                _severity(evaluation),
                evaluation.description or f"The check {evaluation.check_name} failed.",
            )
        )
    return outcomes


def _severity(evaluation: dg.AssetCheckEvaluation) -> str | None:
    if evaluation.severity == dg.AssetCheckSeverity.ERROR:
        return incidents.ERROR
    return incidents.WARNING if evaluation.check_name in (*CHECKS.values(), switch.CHECK) else None


def incident_sensors(project: Project) -> list[dg.SensorDefinition]:
    """Two sensors: one for runs that fail, one for runs that end well."""

    @dg.run_failure_sensor(
        name="open_incidents",
        description="Opens an incident for a failed run and notifies people.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    @keeps_secrets
    def open_incidents(context: dg.RunFailureSensorContext) -> None:
        # What a person interrupts at the command line fails first and is cancelled then.
        if context.dagster_run.status == dg.DagsterRunStatus.CANCELED:
            return
        # A run that dies outside of a step, because its process is gone, has no failed step.
        events = [*context.get_step_failure_events(), context.failure_event]
        _record_run(
            project, context, cause_of(events) or context.failure_event.message or "unknown"
        )
        _write_metrics(project, context)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="close_incidents",
        description="Closes incidents after a good run; opens them for failed checks.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    @keeps_secrets
    def close_incidents(context: dg.RunStatusSensorContext) -> None:
        _record_run(project, context, None)
        _keep_figures(project, context)
        _write_metrics(project, context)

    return [open_incidents, close_incidents]


def _record_run(project: Project, context: dg.RunStatusSensorContext, error: str | None) -> None:
    run = context.dagster_run
    if not _is_ours(run, project):
        return
    events = context.instance.all_logs(
        run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    evaluations = [
        entry.dagster_event.asset_check_evaluation_data
        for entry in events
        if entry.dagster_event is not None
    ]
    checks = check_outcomes(evaluations)
    keys = _sources(run) | {check.asset.split("/")[0] for check in checks if "/" in check.asset}
    ended = _ended(context)
    # A good run of the same job closes the incident of a job without assets (maintenance, listing).
    cause = incidents.RUN if keys or checks or run.asset_selection else f"job:{run.job_name}"
    for source in sorted(keys & project.settings.sources.keys()) or [INDEX]:
        mine = [c for c in checks if c.asset.split("/")[0] in (source, *SHARED)]
        record(
            project,
            source,
            run_id=run.run_id,
            ended=ended,
            error=error,
            checks=mine,
            cause=cause,
        )


def _sources(run: dg.DagsterRun) -> set[str]:
    keys = {key.path[0] for key in run.asset_selection or () if len(key.path) > 1}
    return keys | {source for source in [run.tags.get("doclake/source")] if source}


def _keep_figures(project: Project, context: dg.RunStatusSensorContext) -> None:
    """What the run of a source took, for its stages had a process of their own; and that its rows
    are fresh, if the run took them from the listing to their vectors."""
    run = context.dagster_run
    sources = _sources(run)
    record = context.instance.get_run_record_by_id(run.run_id)
    if len(sources) != 1 or not sources <= project.settings.sources.keys():
        return
    if not record or record.start_time is None or record.end_time is None:
        return
    events = context.instance.all_logs(
        run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    made = figures(entry.dagster_event for entry in events if entry.dagster_event)
    seconds, source = record.end_time - record.start_time, sources.pop()
    Foresight(project, source).keep(run.run_id, made, seconds, of_another_process=True)
    selected = {key.path[-1] for key in run.asset_selection or ()}
    if not selected or selected >= {"documents", "embeddings"}:
        runs.note(project.lake, source, run.run_id, _ended(context))


def _write_metrics(project: Project, context: dg.RunStatusSensorContext) -> None:
    if _is_ours(context.dagster_run, project):
        prometheus.write(project)


def _is_ours(run: dg.DagsterRun, project: Project) -> bool:
    """Whether the run is Doclake's: the Dagster project may hold other assets and jobs, too."""
    first = {key.path[0] for key in run.asset_selection or ()}
    return bool(first & {*SHARED, *project.settings.sources}) or any(
        name.startswith("doclake/") for name in run.tags
    )


def _ended(context: dg.RunStatusSensorContext) -> datetime:
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    ended = record.end_time if record else None
    return datetime.fromtimestamp(ended, UTC) if ended else datetime.now(UTC)
