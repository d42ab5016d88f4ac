"""Sensors that observe the sources. Observing costs no run."""

import json
from collections.abc import Sequence

import dagster as dg

from assets.source import SourceAssets
from doclake.errors import SourceError
from doclake.lake import Lake
from doclake.sources import bucket_digests, open_source
from doclake.stages.documents import registered_digests
from pipelines.incidents import listing_failed, listing_succeeded

INTERVAL_SECONDS = 30


def observing_sensors(sources: Sequence[SourceAssets]) -> list[dg.SensorDefinition]:
    return [_observing_sensor(source) for source in sources]


def _observing_sensor(source: SourceAssets) -> dg.SensorDefinition:
    """Lists the source and reports a new data version for each bucket that changed.

    A bucket that the registry already knows as it is listed, since a run from the command line
    did it, is no change: it starts nothing.
    """

    @dg.sensor(
        name=f"observe_{source.name}",
        description=_observing_sensor.__doc__,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def observe(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        settings = source.settings.sources[source.name]
        try:
            opened = open_source(source.name, settings, source.settings)
            now = bucket_digests(opened.list(), source.name, settings.buckets)
        except SourceError as error:
            # An incomplete listing must not look like deletions: say nothing about any bucket.
            listing_failed(source.settings, source.name, error)
            return dg.SkipReason(str(error))
        listing_succeeded(source.settings, source.name)
        seen = json.loads(context.cursor or "{}")
        changed = sorted(bucket for bucket, digest in now.items() if digest != seen.get(bucket))
        if changed:
            done = registered_digests(Lake(source.settings.lake_url), source.name, settings.buckets)
            changed = [bucket for bucket in changed if now[bucket] != done[bucket]]
        if not changed:
            context.update_cursor(json.dumps(now))
            return dg.SkipReason(f"No change in {source.name}.")
        return dg.SensorResult(
            asset_events=[
                dg.AssetMaterialization(
                    source.key("files"),
                    partition=bucket,
                    tags={"dagster/data_version": now[bucket]},
                )
                for bucket in changed
            ],
            cursor=json.dumps(now),
        )

    return observe
