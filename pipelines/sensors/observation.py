"""Sensors that list the sources: in their tick, which costs no run, or in a small listing job."""

import time

import dagster as dg

from doclake.display import shown
from doclake.errors import ListingIncomplete, SettingsError, SourceError
from doclake.lake import erased as erased_documents
from doclake.operate.incident_rules import listing_failed, listing_succeeded, was_incomplete
from doclake.secrets import keeps_secrets
from doclake.settings.source_options import is_topic, listed_by_job, observed_every
from doclake.sources import bucket_digests
from doclake.stages.plans.documents import registered_digests
from doclake.stages.plans.undone import relisted
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import (
    DATA_VERSION_TAG,
    JOB_TAG,
    OFFSETS_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
)
from doclake_dagster.pipelines.sensors.automation import INTERVAL_SECONDS
from doclake_dagster.pipelines.sensors.unfinished_runs import is_of, unfinished_runs

SELDOM_SECONDS = 30
"""Between two listings of what is not a folder, in a job, or after one that failed."""
REST = 19
"""So many times the CPU time of a listing, unless the settings say how often to list."""
LISTING_ERRORS = (SourceError, SettingsError)
Event = dg.AssetMaterialization | dg.AssetObservation


def observe(source: SourceAssets, instance: dg.DagsterInstance) -> list[Event]:
    """List the source; returns an event with the new data version for each bucket that changed.

    A materialization starts a run, an observation starts none. A bucket that already stands in the
    registry as it is listed now (the command line did it, or documents are back in their place)
    gets an observation: without it, a change back to the version reported before would go
    unnoticed. What was closed while its place could not be listed is a change once it can be,
    though it is listed as it was reported before. Raises `LISTING_ERRORS` if the listing is
    incomplete, and then reports no bucket: its gaps must not look like deletions.
    """
    settings = source.settings
    try:
        # By the settings of today, as runs list: by older ones each would undo what the other did.
        opened = source.project.today().open_source(source.name)
        erased = erased_documents.ids(source.project.lake, source.name)
        now = bucket_digests(opened.list(), source.name, settings.buckets, erased)
    except LISTING_ERRORS as error:
        listing_failed(source.project, source.name, error)
        raise
    reported = _reported(source, instance)
    closed: set[str] = set()
    if was_incomplete(source.project, source.name):
        closed.update(relisted(source.project, source.name))
    changed = [b for b in sorted(now) if now[b] != reported.get(b) or b in closed]
    done: dict[str, str] = {}
    if changed:
        done = registered_digests(source.project.lake, source.name, settings.buckets)
    listing_succeeded(source.project, source.name, as_registered=done == now)
    about: dict[str, int | str] = {**opened.figures}
    if opened.offsets:
        about["offsets"] = opened.offsets
    return [
        (
            dg.AssetMaterialization
            if now[bucket] != done[bucket] or bucket in closed
            else dg.AssetObservation
        )(
            source.key("files"),
            partition=bucket,
            tags={DATA_VERSION_TAG: now[bucket]},
            metadata=about,
        )
        for bucket in changed
    ]


def _reported(source: SourceAssets, instance: dg.DagsterInstance) -> dict[str, str]:
    """The data version last reported for each bucket, by either kind of event."""
    key, storage = source.key("files"), instance.event_log_storage
    last: dict[str, tuple[int, str]] = {}
    for kind in (
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        dg.DagsterEventType.ASSET_OBSERVATION,
    ):
        newest = storage.get_latest_storage_id_by_partition(key, kind)
        tags_of = storage.get_latest_tags_by_partition(key, kind, [DATA_VERSION_TAG])
        for bucket, tags in tags_of.items():
            event = (newest[bucket], tags[DATA_VERSION_TAG])
            last[bucket] = max(event, last.get(bucket, event))
    return {bucket: version for bucket, (_, version) in last.items()}


def observing_sensor(source: SourceAssets) -> dg.SensorDefinition:
    return _requesting_sensor(source) if _has_job(source) else _listing_sensor(source)


def observing_jobs(source: SourceAssets) -> list[dg.JobDefinition]:
    """The listing job of a source that is too large for a sensor tick; else no job."""
    return [_observing_job(source)] if _has_job(source) else []


def _has_job(source: SourceAssets) -> bool:
    return listed_by_job(source.settings)


def _interval(source: SourceAssets) -> int:
    every = observed_every(source.settings)
    if every is not None:
        return round(every.total_seconds())
    return SELDOM_SECONDS if _has_job(source) else INTERVAL_SECONDS


def _listing_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Lists the source and reports a new data version for each bucket that changed. A single one is
    run at once; of several the automation makes a backfill."""

    @dg.sensor(
        name=f"observe_{source.name}",
        description=_listing_sensor.__doc__,
        job_name=f"ingest_{source.name}",
        minimum_interval_seconds=_interval(source),
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    @keeps_secrets
    def listing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        if is_topic(source.settings) and _is_at_work(source, context.instance):
            return dg.SkipReason(f"A run of {source.name} is at work: messages wait in the topic.")
        rests = source.settings.observe_every is None
        if rests and time.time() < float(context.cursor or 0):
            return dg.SkipReason(f"Listing {source.name} rests: it takes long or failed.")
        begun = time.thread_time()
        try:
            changed = observe(source, context.instance)
        except LISTING_ERRORS as error:
            context.update_cursor(str(time.time() + SELDOM_SECONDS))
            if isinstance(error, ListingIncomplete) and (request := _revocation(source, context)):
                return dg.SensorResult(run_requests=[request])
            return dg.SkipReason(shown(str(error)))
        context.update_cursor(str(time.time() + REST * (time.thread_time() - begun)))
        buckets = [e.partition for e in changed if isinstance(e, dg.AssetMaterialization)]
        if not buckets:
            reason = f"No new change in {source.name}."
            return dg.SensorResult(skip_reason=reason, asset_events=changed)
        runs = [_run(source, bucket) for bucket in buckets if bucket and len(buckets) == 1]
        if is_topic(source.settings):
            runs = [_of_messages(source, changed)]
        return dg.SensorResult(asset_events=changed, run_requests=runs)

    return listing_sensor


def _run(source: SourceAssets, bucket: str, last: str | None = None) -> dg.RunRequest:
    """Through all stages and into the index. The automation sees the buckets at work and then done,
    and so starts nothing."""
    trigger = {"doclake/trigger": f"observe_{source.name}"}
    return dg.RunRequest(tags={RANGE_START_TAG: bucket, RANGE_END_TAG: last or bucket, **trigger})


def _of_messages(source: SourceAssets, changed: list[Event]) -> dg.RunRequest:
    """One run over all that was taken, which says what that is."""
    buckets = sorted(filter(None, (event.partition for event in changed)))
    request = _run(source, buckets[0], buckets[-1])
    offsets = changed[0].metadata.get("offsets")
    told = {OFFSETS_TAG: str(offsets.value)} if offsets is not None else {}
    return request.with_replaced_attrs(tags={**request.tags, **told})


def _is_at_work(source: SourceAssets, instance: dg.DagsterInstance) -> bool:
    return any(is_of(run, source.name) for run in unfinished_runs(instance))


def _revocation(source: SourceAssets, context: dg.SensorEvaluationContext) -> dg.RunRequest | None:
    """A run for the documents that may no longer be read by all who may now, as far as an
    incomplete listing shows. One at a time; it does them first, and is asked for until it has."""
    if _is_at_work(source, context.instance):
        return None
    buckets = relisted(source.project, source.name)
    return _run(source, buckets[0], buckets[-1]) if buckets else None


def _requesting_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Asks for a run of the listing job, one at a time."""
    job = f"list_{source.name}"

    @dg.sensor(
        name=f"observe_{source.name}",
        description=_requesting_sensor.__doc__,
        job_name=job,
        minimum_interval_seconds=_interval(source),
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def requesting_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if any(run.job_name == job for run in unfinished_runs(context.instance)):
            return dg.SkipReason("The source is being listed.")
        return dg.RunRequest(tags={"doclake/trigger": f"observe_{source.name}"})

    return requesting_sensor


def _observing_job(source: SourceAssets) -> dg.JobDefinition:
    """Lists the source and reports a new data version for each bucket that changed."""

    @dg.op(name=f"list_files_of_{source.name}", description=_observing_job.__doc__)
    @keeps_secrets
    def list_files(context: dg.OpExecutionContext) -> None:
        try:
            changed = observe(source, context.instance)
        except LISTING_ERRORS as error:
            context.log.error(shown(str(error)))  # and an incident is open
            return
        for event in changed:
            context.log_event(event)
        context.log.info(f"{len(changed)} buckets of {source.name} changed")

    @dg.job(
        name=f"list_{source.name}",
        description=_observing_job.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: f"list_{source.name}"},
    )
    def job() -> None:
        list_files()

    return job
