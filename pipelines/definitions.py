"""Everything Dagster loads, built from doclake.yaml."""

import warnings
from collections.abc import Iterable
from functools import partial

import dagster as dg

from assets.factory import build_assets
from doclake.project import Project
from pipelines.jobs import ingest_all, ingest_jobs, job_name
from pipelines.schedules import maintenance_job, schedules
from pipelines.sensors.automation import CONDITIONS, automation_sensors
from pipelines.sensors.incidents import incident_sensors
from pipelines.sensors.observation import observing_jobs, observing_sensors
from pipelines.sensors.reconcile import reconciling_sensor
from resources.embedding_model import EmbeddingModel
from resources.lake import LakeResource

# BackfillPolicy is marked beta; the flow depends on it knowingly.
warnings.filterwarnings("ignore", category=dg.BetaWarning)


def build_definitions(project: Project) -> dg.Definitions:
    """The code location of a project."""
    settings = project.settings
    built = build_assets(project, CONDITIONS)
    return dg.Definitions(
        assets=built.assets,
        jobs=[
            *ingest_jobs(built.sources),
            *observing_jobs(built.sources),
            ingest_all(project, partial(source_jobs, project, project.settings.sources)),
            maintenance_job(project),
        ],
        schedules=schedules(settings),
        sensors=[
            *automation_sensors(built.sources),
            *observing_sensors(built.sources),
            *(reconciling_sensor(source) for source in built.sources),
            *incident_sensors(project),
        ],
        resources={
            "lake": LakeResource(url=project.lake.url),
            "embedding_model": EmbeddingModel.of(settings.embedding),
        },
        executor=dg.in_process_executor,
    )


def source_jobs(project: Project, sources: Iterable[str]) -> dict[str, dg.JobDefinition]:
    """The job of each of these sources, by its name, ready to run in this process."""
    definitions = build_definitions(project)
    return {source: definitions.resolve_job_def(job_name(source)) for source in sources}


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(Project.open())
