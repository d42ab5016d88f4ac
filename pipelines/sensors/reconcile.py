"""Reconciling: what no event may lose.

Compares the registry with the ledger and asks for a run where a document has not been done, a
retry is due, a reported change was met by no run that ended well, or the freshness target of the
source would be missed. Usually there is nothing to do.
"""

import json
from datetime import UTC, datetime

import dagster as dg

from assets.common.source import SourceAssets
from assets.common.tags import RANGE_END_TAG, RANGE_START_TAG
from doclake.lake import ledger
from doclake.project import Project
from doclake.stages.context import StageContext
from doclake.stages.plans.documents import buckets_of_other_access
from doclake.stages.plans.elements import planned
from doclake.tables.rows import strings
from pipelines.sensors.unfinished_runs import unfinished_runs

INTERVAL_SECONDS = 300


def undone_buckets(project: Project, source: str) -> list[str]:
    """Buckets that hold a document that some stage has not done, whose retry is due, or that has
    another access list than the settings."""
    context = StageContext.whole(project, source)
    fingerprints = context.fingerprints
    todo = planned(context, fingerprints.elements)
    behind = set(strings(todo.extract["bucket"])) | {t[0]["bucket"] for t in todo.remove}
    behind |= buckets_of_other_access(context.lake, source, context.source_settings.access)
    # Null in the ledger until each stage has done the document.
    made = {
        "chunk_recipe": fingerprints.chunks,
        "model": fingerprints.embeddings,
    }
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, (*made, "indexed")).items():
        standing = (set(rows[name].to_pylist()) == {now} for name, now in made.items())
        if rows["indexed"].null_count or not all(standing):
            behind.add(bucket)
    return sorted(behind)


def unmet_buckets(source: SourceAssets, instance: dg.DagsterInstance) -> set[str]:
    """Buckets whose last reported change no run has registered since: the run that the automation
    started for it failed, or was killed. It is not started again by itself."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    storage = instance.event_log_storage
    told = storage.get_latest_storage_id_by_partition(source.key("files"), kind)
    done = storage.get_latest_storage_id_by_partition(source.key("documents"), kind)
    unmet = {event: bucket for bucket, event in told.items() if event > done.get(bucket, 0)}
    if not unmet:
        return set()
    lately = datetime.now(UTC).timestamp() - INTERVAL_SECONDS  # the automation's business
    found = instance.fetch_materializations(
        dg.AssetRecordsFilter(source.key("files"), storage_ids=list(unmet)), limit=len(unmet)
    )
    return {unmet[record.storage_id] for record in found.records if record.timestamp < lately}


def reconciling_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Asks for a run of the source's job over the buckets that are behind."""
    job = f"ingest_{source.name}"

    @dg.sensor(
        name=f"reconcile_{source.name}",
        description=reconciling_sensor.__doc__,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def reconcile(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        before = set(json.loads(context.cursor or "[]"))
        context.update_cursor("[]")
        if _busy(context.instance, source.name):
            return dg.SkipReason("A run of this source is queued or running.")
        undone = undone_buckets(source.project, source.name)
        context.update_cursor(json.dumps(undone))
        # Seen once only, it is the automation's business: two runs would be started for it.
        behind = sorted(before.intersection(undone) | unmet_buckets(source, context.instance))
        if behind:
            return _request(behind[0], behind[-1], "reconcile")
        if _stale(context.instance, source):
            keys = source.partitions_def.get_partition_keys()
            return _request(keys[0], keys[-1], "freshness")
        return dg.SkipReason(_nothing(undone))

    return reconcile


def _nothing(undone: list[str]) -> str:
    if undone:
        return f"Looks again at {', '.join(undone)} before it asks for a run."
    return "Everything registered is done."


def _request(first: str, last: str, trigger: str) -> dg.RunRequest:
    return dg.RunRequest(
        tags={RANGE_START_TAG: first, RANGE_END_TAG: last, "doclake/trigger": trigger}
    )


def _busy(instance: dg.DagsterInstance, source: str) -> bool:
    return any(
        run.tags.get("doclake/source") == source
        or any(key.path[0] == source for key in run.asset_selection or ())
        for run in unfinished_runs(instance)
    )


def _stale(instance: dg.DagsterInstance, source: SourceAssets) -> bool:
    """Half of the freshness target has passed since the source was last listed by a run."""
    target = source.settings.freshness
    if target is None:
        return False
    event = instance.get_latest_materialization_event(source.key("documents"))
    if event is None:
        return False  # never materialized: that is the automation's business
    age = datetime.now(UTC).timestamp() - event.timestamp
    return age > target.total_seconds() / 2
