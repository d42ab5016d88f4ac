"""Jobs: one for each source, and one that runs them all."""

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import JOB_TAG
from doclake_dagster.assets.factory import STAGES
from doclake_dagster.pipelines import endings
from doclake_dagster.pipelines.run_sources import ingest


def job_name(source: str) -> str:
    return f"ingest_{source}"


def ingest_job(source: SourceAssets) -> Any:
    keys = [source.key(stage.__name__) for stage in STAGES]
    return dg.define_asset_job(
        job_name(source.name),
        selection=dg.AssetSelection.assets(*keys, dg.AssetKey("search_index")),
        description=f"Bring {source.name} and the search index up to date.",
        tags={"doclake/source": source.name},
        executor_def=dg.in_process_executor,
    )


def ingest_all(
    project: Project, jobs: Callable[[], Mapping[str, dg.JobDefinition]]
) -> dg.JobDefinition:
    """Runs every source's job, one after the other, each over all of its buckets."""

    @dg.op(name="ingest_sources", description=ingest_all.__doc__)
    @keeps_secrets
    def ingest_sources(context: dg.OpExecutionContext) -> None:
        failed = []
        for outcome in ingest(project, jobs(), context.instance):
            context.log.info(f"run {outcome.run_id}: {endings.of(project, outcome)}")
            failed += [] if outcome.success else [outcome.source]
        if failed:
            raise dg.Failure(f"These sources failed: {', '.join(failed)}")

    @dg.job(
        name="ingest_all",
        description=ingest_all.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "ingest_all"},
    )
    def job() -> None:
        ingest_sources()

    return job
