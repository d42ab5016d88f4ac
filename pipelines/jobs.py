"""Jobs: one for each source, one that runs them all, and one that does refused rows again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dagster as dg
from pydantic import Field

from doclake.govern import quarantine
from doclake.govern.quarantine import Selection
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import JOB_TAG
from doclake_dagster.assets.factory import STAGES
from doclake_dagster.assets.iceberg import KEY as ICEBERG
from doclake_dagster.pipelines import endings
from doclake_dagster.pipelines.run_sources import ingest


def job_name(source: str) -> str:
    return f"ingest_{source}"


def ingest_job(source: SourceAssets) -> Any:
    keys = [source.key(stage.__name__) for stage in STAGES]
    last = [dg.AssetKey("search_index")]
    if source.project.settings.iceberg_tables:
        last.append(ICEBERG)
    return dg.define_asset_job(
        job_name(source.name),
        selection=dg.AssetSelection.assets(*keys, *last),
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
        _ingest(context, project, jobs())

    @dg.job(
        name="ingest_all",
        description=ingest_all.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "ingest_all"},
    )
    def job() -> None:
        ingest_sources()

    return job


class QuarantineConfig(dg.Config):
    """Which refused rows; what is left empty narrows nothing."""

    source: str = Field("", description="Name of a source; empty: all")
    rule: str = Field("", description="Name of a rule of a contract, such as text_is_legible")
    document: str = Field("", description="Path or doc_id of a document")


def replay_quarantine(
    project: Project, jobs: Callable[[Iterable[str]], Mapping[str, dg.JobDefinition]]
) -> dg.JobDefinition:
    """Do the documents of refused rows again, all of them or those that the config names."""

    @dg.op(name="replay_refused_rows", description=replay_quarantine.__doc__)
    @keeps_secrets
    def replay_refused_rows(context: dg.OpExecutionContext, config: QuarantineConfig) -> None:
        lake = project.lake
        if config.rule:
            quarantine.require_rule(lake, config.rule)
        if config.source:
            project.source(config.source)
        selection = Selection(config.source or None, config.rule or None, config.document or None)
        rows = quarantine.waiting(lake, selection)
        documents = quarantine.do_again(lake, rows)
        context.log.info(f"{len(rows):,} refusals in {len(documents):,} documents")
        sources = {row["source"] for row in rows} & project.settings.sources.keys()
        _ingest(context, project, jobs(sorted(sources)) if sources else {})

    @dg.job(
        name="replay_quarantine",
        description=replay_quarantine.__doc__,
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "replay_quarantine"},
    )
    def job() -> None:
        replay_refused_rows()

    return job


def _ingest(
    context: dg.OpExecutionContext, project: Project, jobs: Mapping[str, dg.JobDefinition]
) -> None:
    failed = []
    for outcome in ingest(project, jobs, context.instance):
        context.log.info(f"run {outcome.run_id}: {endings.of(project, outcome)}")
        failed += [] if outcome.success else [outcome.source]
    if failed:
        raise dg.Failure(f"These sources failed: {', '.join(failed)}")
