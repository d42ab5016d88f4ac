"""A source of six notes, and what its sensors do in one tick."""

from __future__ import annotations

import dagster as dg

from doclake.project import Project
from doclake_dagster.assets.common.source import SourceAssets, partitions
from doclake_dagster.assets.common.tags import RANGE_END_TAG, RANGE_START_TAG
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors.observation import observing_sensor


def with_source(project, source):
    return Project.of(project.settings.model_copy(update={"sources": {"notes": source}}))


def observed(project, instance):
    """Tick the observing sensor, with its events stored as the daemon stores them."""
    source = SourceAssets("notes", project, partitions(1))
    sensor = observing_sensor(source)
    tick = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
    for event in tick.asset_events:
        instance.report_runless_asset_event(event)
    return tick


def requested(project, instance, cursor=None):
    """What the automation of the source asks for in one tick."""
    repository = build_definitions(project).get_repository_def()
    context = dg.build_sensor_context(instance=instance, repository_def=repository, cursor=cursor)
    return repository.get_sensor_def("backfill_notes").evaluate_tick(context)


def range_of(request):
    return request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]
