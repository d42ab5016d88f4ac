"""Reconciling: finds the work that a lost event or a failed run left undone.

Compares the registry with the ledger and asks for a run if a document is not done, a retry is due,
its access list is not that of the settings, no run has registered a reported change, or the source
would miss its freshness target. Usually there is nothing to do.
"""

import json
from datetime import UTC, datetime

import dagster as dg

from doclake.errors import ModelError, SettingsError
from doclake.secrets import keeps_secrets
from doclake.stages.plans import undone as plan
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import RANGE_END_TAG, RANGE_START_TAG
from doclake_dagster.pipelines.killed_runs import end_killed_runs
from doclake_dagster.pipelines.sensors.unfinished_runs import is_of, unfinished_runs

INTERVAL_SECONDS = 300


def unregistered_buckets(source: SourceAssets, instance: dg.DagsterInstance) -> set[str]:
    """Buckets whose last reported change no run has registered. The run that the automation started
    for it failed or was killed, and nothing else starts it again."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    storage = instance.event_log_storage
    reported = storage.get_latest_storage_id_by_partition(source.key("files"), kind)
    registered = storage.get_latest_storage_id_by_partition(source.key("documents"), kind)
    bucket_of = {
        event: bucket for bucket, event in reported.items() if event > registered.get(bucket, 0)
    }
    if not bucket_of:
        return set()
    changes = instance.fetch_materializations(
        dg.AssetRecordsFilter(source.key("files"), storage_ids=list(bucket_of)),
        limit=len(bucket_of),
    )
    # The automation still has to start a run for a newer change.
    due = datetime.now(UTC).timestamp() - INTERVAL_SECONDS
    return {bucket_of[change.storage_id] for change in changes.records if change.timestamp < due}


def reconciling_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Asks for runs of the source's job over the buckets that are behind, group by group."""
    job = f"ingest_{source.name}"

    @dg.sensor(
        name=f"reconcile_{source.name}",
        description=reconciling_sensor.__doc__,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    @keeps_secrets
    def reconcile(
        context: dg.SensorEvaluationContext,
    ) -> list[dg.RunRequest] | dg.RunRequest | dg.SkipReason:
        before = set(json.loads(context.cursor or "[]"))
        context.update_cursor("[]")
        end_killed_runs(context.instance)
        if _busy(context.instance, source.name):
            return dg.SkipReason("A run of this source is queued or running.")
        try:
            left = plan.undone(source.project, source.name)
        except (SettingsError, ModelError) as error:
            return dg.SkipReason(str(error))
        undone = sorted(left)
        context.update_cursor(json.dumps(undone))
        # The automation may be about to start a run for a bucket that was not undone before.
        unregistered = unregistered_buckets(source, context.instance)
        behind = sorted(before.intersection(undone) | unregistered)
        if behind:
            most = source.project.settings.processing.group_documents
            groups = plan.groups(left, behind, most)
            return [_request(group[0], group[-1], "reconcile") for group in groups]
        if _stale(context.instance, source):
            keys = source.partitions_def.get_partition_keys()
            return _request(keys[0], keys[-1], "freshness")
        return dg.SkipReason(_reason_to_wait(undone))

    return reconcile


def _reason_to_wait(undone: list[str]) -> str:
    if undone:
        return f"Checks {', '.join(undone)} again before it asks for a run."
    return "Every registered document is done."


def _request(first: str, last: str, trigger: str) -> dg.RunRequest:
    return dg.RunRequest(
        tags={RANGE_START_TAG: first, RANGE_END_TAG: last, "doclake/trigger": trigger}
    )


def _busy(instance: dg.DagsterInstance, source: str) -> bool:
    return any(is_of(run, source) for run in unfinished_runs(instance))


def _stale(instance: dg.DagsterInstance, source: SourceAssets) -> bool:
    """Whether half of the freshness target has passed since a run last listed the source."""
    target = source.settings.freshness
    if target is None:
        return False
    event = instance.get_latest_materialization_event(source.key("documents"))
    if event is None:
        return False  # never materialized: the automation starts it
    age = datetime.now(UTC).timestamp() - event.timestamp
    return age > target.total_seconds() / 2
