"""Sensors that observe the sources: in the tick, which costs no run, or in a small listing job."""

from collections.abc import Sequence

import dagster as dg

from assets.source import SourceAssets
from doclake.errors import SourceError
from doclake.lake import Lake
from doclake.sources import bucket_digests, open_source
from doclake.stages.documents import registered_digests
from pipelines.incidents import listing_failed, listing_succeeded
from pipelines.unfinished import unfinished_runs

DATA_VERSION_TAG = "dagster/data_version"


def observe(source: SourceAssets, instance: dg.DagsterInstance) -> list[dg.AssetMaterialization]:
    """List the source; an event with the new data version for each bucket that changed.

    A bucket is unchanged if it lists as it was last reported, or as the registry knows it since
    a run from the command line did it. Raises `SourceError` for a listing that is incomplete:
    it must not look like deletions, so nothing is said about any bucket.
    """
    settings = source.settings.sources[source.name]
    try:
        opened = open_source(source.name, settings, source.settings)
        now = bucket_digests(opened.list(), source.name, settings.buckets)
    except SourceError as error:
        listing_failed(source.settings, source.name, error)
        raise
    listing_succeeded(source.settings, source.name)
    reported = _reported(source, instance)
    changed = [bucket for bucket in sorted(now) if now[bucket] != reported.get(bucket)]
    if changed:
        done = registered_digests(Lake(source.settings.lake_url), source.name, settings.buckets)
        changed = [bucket for bucket in changed if now[bucket] != done[bucket]]
    return [
        dg.AssetMaterialization(
            source.key("files"), partition=bucket, tags={DATA_VERSION_TAG: now[bucket]}
        )
        for bucket in changed
    ]


def _reported(source: SourceAssets, instance: dg.DagsterInstance) -> dict[str, str]:
    """The data version last reported of each bucket."""
    latest = instance.event_log_storage.get_latest_tags_by_partition(
        source.key("files"), dg.DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG]
    )
    return {bucket: tags[DATA_VERSION_TAG] for bucket, tags in latest.items()}


def observing_sensors(sources: Sequence[SourceAssets]) -> list[dg.SensorDefinition]:
    return [
        _requesting_sensor(source) if _has_job(source) else _listing_sensor(source)
        for source in sources
    ]


def observing_jobs(sources: Sequence[SourceAssets]) -> list[dg.JobDefinition]:
    """For the sources whose listing takes longer than a sensor tick may."""
    return [_observing_job(source) for source in sources if _has_job(source)]


def _has_job(source: SourceAssets) -> bool:
    return source.settings.sources[source.name].observe == "job"


def _interval(source: SourceAssets) -> int:
    return round(source.settings.sources[source.name].observe_every.total_seconds())


def _listing_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Lists the source and reports a new data version for each bucket that changed."""

    @dg.sensor(
        name=f"observe_{source.name}",
        description=_listing_sensor.__doc__,
        minimum_interval_seconds=_interval(source),
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def listing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            changed = observe(source, context.instance)
        except SourceError as error:
            return dg.SkipReason(str(error))
        if not changed:
            return dg.SkipReason(f"No change in {source.name}.")
        return dg.SensorResult(asset_events=changed)

    return listing_sensor


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
    def list_files(context: dg.OpExecutionContext) -> None:
        try:
            changed = observe(source, context.instance)
        except SourceError as error:
            context.log.error(str(error))  # and an incident is open
            return
        for event in changed:
            context.log_event(event)
        context.log.info(f"{len(changed)} buckets of {source.name} changed")

    @dg.job(
        name=f"list_{source.name}",
        description=_observing_job.__doc__,
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        list_files()

    return job
