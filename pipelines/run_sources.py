"""Running the jobs of sources in this process, recorded in the Dagster instance like any run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from assets.common.tags import ALLOW_DELETIONS_TAG, RANGE_END_TAG, RANGE_START_TAG, RETRY_NOW_TAG
from doclake import ids
from doclake.operate.incident_rules import record
from doclake.project import Project
from pipelines.sensors.incidents import check_outcomes

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Outcome:
    """How the run of a source's job ended, with the metadata of each asset it materialized."""

    source: str
    run_id: str
    success: bool
    error: str | None
    metadata: dict[str, dict[str, Any]]
    failed_checks: list[str]

    @property
    def status(self) -> str:
        return "succeeded" if self.success else "failed"


def ingest(
    project: Project,
    jobs: Mapping[str, dg.JobDefinition],
    instance: dg.DagsterInstance,
    *,
    allow_deletions: bool = False,
) -> Iterator[Outcome]:
    """Run the jobs, by the name of their source, over all buckets; yields the outcome of each."""
    for source, job in jobs.items():
        buckets = ids.bucket_names(project.source(source).buckets)
        tags = {RANGE_START_TAG: buckets[0], RANGE_END_TAG: buckets[-1], RETRY_NOW_TAG: "true"}
        tags |= {ALLOW_DELETIONS_TAG: "true"} if allow_deletions else {}
        result = job.execute_in_process(
            instance=instance, tags=tags, run_config=_QUIET, raise_on_error=False
        )
        outcome = _outcome(source, result)
        record(
            project,
            source,
            run_id=outcome.run_id,
            ended=datetime.now(UTC),
            error=outcome.error if not outcome.success else None,
            checks=check_outcomes(result.get_asset_check_evaluations()),
        )
        yield outcome


def _outcome(source: str, result: dg.ExecuteInProcessResult) -> Outcome:
    metadata: dict[str, dict[str, Any]] = {
        event.asset_key.path[-1]: {k: v.value for k, v in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    failures = [e for e in result.all_events if e.is_step_failure]
    error = failures[0].step_failure_data.error if failures else None
    cause = (error.cause or error) if error else None
    return Outcome(
        source=source,
        run_id=result.run_id,
        success=result.success,
        error=cause.message.strip() if cause else None if result.success else "unknown error",
        metadata=metadata,
        failed_checks=[
            f"{check.asset_key.to_user_string()}: {check.check_name}"
            for check in result.get_asset_check_evaluations()
            if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
        ],
    )
