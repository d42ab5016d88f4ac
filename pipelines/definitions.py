"""Everything Dagster loads, built from doclake.yaml."""

import warnings

import dagster as dg

from assets.factory import build_assets
from doclake import settings as doclake_settings
from doclake.settings import Settings
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


def build_definitions(settings: Settings) -> dg.Definitions:
    """The code location for these settings."""
    built = build_assets(settings, CONDITIONS)
    return dg.Definitions(
        assets=built.assets,
        jobs=[
            *ingest_jobs(built.sources),
            *observing_jobs(built.sources),
            ingest_all(settings),
            maintenance_job(settings),
        ],
        schedules=schedules(settings),
        sensors=[
            *automation_sensors(built.sources),
            *observing_sensors(built.sources),
            *(reconciling_sensor(source) for source in built.sources),
            *incident_sensors(settings),
        ],
        resources={
            "lake": LakeResource(url=settings.lake_url),
            "embedding_model": EmbeddingModel.of(settings.embedding),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(doclake_settings.load())
