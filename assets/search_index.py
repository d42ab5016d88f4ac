"""search_index: the LanceDB view of all sources."""

from collections.abc import Sequence

import dagster as dg

from doclake import fingerprints
from doclake.display import number_of, shown
from doclake.health import recall
from doclake.index import switch
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import search_index as stage
from doclake.tables.search_index import search_index_schema
from doclake_dagster.assets.common.checks import ERROR, WARN, Check
from doclake_dagster.assets.common.metadata import materialized_whole
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import table_metadata
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.embedding_model import EmbeddingModel
from doclake_dagster.resources.lake import LakeResource

EQUALS = Check(
    "index_equals_chunks",
    ERROR,
    "Every chunk of the lake has a vector of the model that searches use.",
    "searches do not find the others by meaning. Materialize `embeddings` of every source, or run "
    "`doclake ingest`.",
)
FINDS = Check(
    "index_finds_neighbours",
    ERROR,
    f"Searches find at least {recall.FLOOR:.0%} of the nearest passages, as a scan of all vectors "
    "shows.",
    "searches miss passages that are there. Make the index anew: `doclake index rebuild`.",
)
NOT_HELD = Check(
    switch.CHECK,
    WARN,
    "No index is complete beside the one that searches use and held back.",
    "searches go on as they were, and a person decides: `doclake index promote`. It opens an "
    "incident of severity warning.",
)
POOL = "index_writer"


def search_index(
    project: Project,
    sources: Sequence[SourceAssets],
    condition: dg.AutomationCondition | None = None,
) -> dg.AssetsDefinition:
    """Bring the index up to date from the change feed of chunks and embeddings."""
    embedding = project.settings.embedding
    names = [source.name for source in sources]

    @dg.asset(
        key=dg.AssetKey("search_index"),
        deps=[source.key("embeddings") for source in sources],
        group_name="search",
        description=search_index.__doc__,
        kinds={"lancedb"},
        pool=POOL,
        code_version=fingerprints.index(embedding) if project.model else None,
        automation_condition=condition,
        owners=owners(sources),
        metadata=table_metadata("search_index", search_index_schema(1), project.index.url, names),
        check_specs=[
            check.spec(dg.AssetKey("search_index"), owners(sources))
            for check in (EQUALS, FINDS, NOT_HELD)
        ],
    )
    @keeps_secrets
    @tells_lineage(project, "search_index", names)
    def _search_index(
        context: dg.AssetExecutionContext,
        lake: LakeResource,
        embedding_model: dg.ResourceParam[EmbeddingModel],
    ) -> dg.MaterializeResult:
        opened = project.at(lake.url).with_settings(embedding=embedding_model.settings)
        report = stage.run(opened, progress=Log(context), run_id=context.run.run_id)
        for alarm in report.alarms:
            context.log.warning(shown(f"{alarm.message} {alarm.mend}"))
        missing = int(report.counts.get("without_vector", 0))
        have = number_of(missing, "chunk has", "chunks have")
        equals = EQUALS.result(
            f"{have} no vector of the model that searches use." if missing else None,
            "Run `doclake ingest`.",
            chunks_without_vector=missing,
        )
        checks = [equals, finds_neighbours(recall.measure(opened.index)), _not_held(opened)]
        return materialized_whole(context, report, checks)

    return _search_index


def finds_neighbours(found: float | None) -> dg.AssetCheckResult:
    """The check of what searches find, a share; None where there is no index yet."""
    if found is None:
        return FINDS.result(None)
    message = None if found >= recall.FLOOR else f"Searches find {found:.1%} of the nearest."
    return FINDS.result(message, "Run `doclake index rebuild`.", recall=found)


def _not_held(project: Project) -> dg.AssetCheckResult:
    state = project.index.state()
    message, mend = (switch.told(state) if state else None) or (None, "")
    return NOT_HELD.result(message, mend)
