"""What runs by the clock."""

import dataclasses
from typing import Any

import dagster as dg

from doclake.operate import maintenance
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.settings import Settings
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.tags import JOB_TAG
from doclake_dagster.assets.exports import key_of
from doclake_dagster.assets.search_index import POOL as INDEX_WRITER
from doclake_dagster.resources.lake import LakeResource


def maintenance_job(project: Project) -> dg.JobDefinition:
    """Merge small files, drop old versions, optimize the index, forget old tombstones."""

    @dg.op(name="maintain_lake", description=maintenance_job.__doc__, pool=INDEX_WRITER)
    @keeps_secrets
    def maintain_lake(context: dg.OpExecutionContext, lake: LakeResource) -> None:
        lines = ["| table | files merged | files removed | rows forgotten |", "|---|---|---|---|"]
        for done in maintenance.run(project.at(lake.url)):
            lines.append(
                f"| {done.table} | {done.files_merged} | {done.files_removed} "
                f"| {done.rows_forgotten} |"
            )
        context.add_output_metadata({"tables": dg.MetadataValue.md("\n".join(lines))})

    @dg.job(
        name="maintenance",
        description=maintenance_job.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "maintenance"},
    )
    def job() -> None:
        maintain_lake()

    return job


def consolidation_job(project: Project) -> dg.JobDefinition:
    """Count uses of memories, set their tiers, merge what says the same, propose contradictions."""

    @dg.op(name="consolidate_memories", description=consolidation_job.__doc__)
    @keeps_secrets
    def consolidate_memories(context: dg.OpExecutionContext, lake: LakeResource) -> None:
        from doclake.memory.consolidation import consolidate
        from doclake.memory.store import MemoryStore

        opened = project.at(lake.url)
        done = consolidate(opened, MemoryStore(opened), progress=Log(context))
        context.add_output_metadata(dataclasses.asdict(done))

    @dg.job(
        name="consolidate",
        description=consolidation_job.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "consolidate"},
    )
    def job() -> None:
        consolidate_memories()

    return job


def evaluation_job() -> Any:
    return dg.define_asset_job(
        "evaluate",
        selection=dg.AssetSelection.assets("retrieval_report"),
        description="Ask the questions of every source.",
        tags={JOB_TAG: "evaluate"},
        executor_def=dg.in_process_executor,
    )


def observation_job() -> Any:
    """Judge the quality of each source, and whether what arrives is like before; report on it."""
    return dg.define_asset_job(
        "observe",
        selection=dg.AssetSelection.groups("observation"),
        description=observation_job.__doc__,
        tags={JOB_TAG: "observe"},
        executor_def=dg.in_process_executor,
    )


def scheduled_jobs(project: Project) -> list[Any]:
    """The jobs of `schedules`."""
    return [
        maintenance_job(project),
        consolidation_job(project),
        evaluation_job(),
        observation_job(),
        *export_jobs(project.settings),
    ]


def export_jobs(settings: Settings) -> list[Any]:
    """One for each data set of the settings."""
    return [
        dg.define_asset_job(
            _export_job(name),
            selection=dg.AssetSelection.assets(key_of(name)),
            description=f"Make the data set {name}.",
            tags={JOB_TAG: _export_job(name)},
            executor_def=dg.in_process_executor,
        )
        for name in settings.exports
    ]


def _export_job(name: str) -> str:
    return f"export_{name}"


def _of_exports(settings: Settings) -> list[dg.ScheduleDefinition]:
    return [
        dg.ScheduleDefinition(
            name=f"{_export_job(name)}_by_schedule",
            description=f"Make the data set {name}.",
            job_name=_export_job(name),
            cron_schedule=one.schedule,
            execution_timezone=settings.schedules.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for name, one in settings.exports.items()
        if one.schedule
    ]


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    return [
        dg.ScheduleDefinition(
            name="maintain_nightly",
            description=maintenance_job.__doc__,
            job_name="maintenance",
            cron_schedule=settings.schedules.maintenance,
            execution_timezone=settings.schedules.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        dg.ScheduleDefinition(
            name="evaluate_nightly",
            description="Ask the questions of every source.",
            job_name="evaluate",
            cron_schedule=settings.schedules.evaluation,
            execution_timezone=settings.schedules.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        dg.ScheduleDefinition(
            name="observe_nightly",
            description=observation_job.__doc__,
            job_name="observe",
            cron_schedule=settings.schedules.observation,
            execution_timezone=settings.schedules.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        dg.ScheduleDefinition(
            name="consolidate_nightly",
            description=consolidation_job.__doc__,
            job_name="consolidate",
            cron_schedule=settings.schedules.consolidation,
            execution_timezone=settings.schedules.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        *_of_exports(settings),
    ]
