"""Everything Dagster loads, built from doclake.yaml."""

import warnings

import dagster as dg

from assets.factory import build_assets
from doclake.project import Project
from pipelines.jobs import ingest_all, ingest_jobs
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
            ingest_all(project),
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


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(Project.open())
