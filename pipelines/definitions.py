"""Everything Dagster loads, built from doclake.yaml."""

from collections.abc import Iterable, Sequence
from functools import partial

import dagster as dg

from doclake import logs, secrets
from doclake.project import Project
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.factory import shared_assets, source_assets, sources_of
from doclake_dagster.pipelines.jobs import ingest_all, ingest_job, job_name, replay_quarantine
from doclake_dagster.pipelines.schedules import scheduled_jobs, schedules
from doclake_dagster.pipelines.sensors.automation import (
    CONDITIONS,
    index_automation,
    source_automation,
)
from doclake_dagster.pipelines.sensors.incidents import incident_sensors
from doclake_dagster.pipelines.sensors.observation import observing_jobs, observing_sensor
from doclake_dagster.pipelines.sensors.reconcile import reconciling_sensor
from doclake_dagster.resources.of_project import resources_of


def build_definitions(project: Project) -> dg.Definitions:
    """The code location of a project."""
    sources = sources_of(project, CONDITIONS)
    return dg.Definitions.merge(
        *(source_definitions(source) for source in sources),
        lake_definitions(project, sources),
        dg.Definitions(executor=dg.in_process_executor),
    )


def source_definitions(source: SourceAssets) -> dg.Definitions:
    """What belongs to one source: its group of assets, its jobs, its sensors."""
    return dg.Definitions(
        assets=source_assets(source),
        jobs=[ingest_job(source), *observing_jobs(source)],
        sensors=[source_automation(source), observing_sensor(source), reconciling_sensor(source)],
    )


def lake_definitions(project: Project, sources: Sequence[SourceAssets]) -> dg.Definitions:
    """What all sources share: index and report, the resources, maintenance, incidents."""
    return dg.Definitions(
        assets=shared_assets(project, sources, CONDITIONS["search_index"]),
        jobs=[
            ingest_all(project, partial(source_jobs, project, project.settings.sources)),
            replay_quarantine(project, partial(source_jobs, project)),
            *scheduled_jobs(project),
        ],
        schedules=schedules(project.settings),
        sensors=[index_automation(), *incident_sensors(project)],
        resources=resources_of(project),
    )


def source_jobs(project: Project, sources: Iterable[str]) -> dict[str, dg.JobDefinition]:
    """The job of each of these sources, by its name, ready to run in this process."""
    definitions = build_definitions(project)
    return {source: definitions.resolve_job_def(job_name(source)) for source in sources}


@dg.definitions
@secrets.keeps_secrets
def defs() -> dg.Definitions:
    logs.make_safe()
    return build_definitions(Project.open())
