"""search_index: the LanceDB view of all sources."""

from collections.abc import Sequence

import dagster as dg

from doclake import fingerprints
from doclake.display import shown
from doclake.health import recall
from doclake.index import switch
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import search_index as stage
from doclake.tables.search_index import search_index_schema
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import column_schema
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.embedding_model import EmbeddingModel
from doclake_dagster.resources.lake import LakeResource

EQUALS = "index_equals_chunks"
FINDS = "index_finds_neighbours"
_CHECKS = {
    EQUALS: "Every chunk of the lake has a vector of the model that searches use.",
    FINDS: f"Searches find at least {recall.FLOOR:.0%} of the nearest passages, as a scan of all "
    "vectors shows.",
    switch.CHECK: "No index is complete beside the one that searches use and held back.",
}
POOL = "index_writer"


def search_index(
    project: Project,
    sources: Sequence[SourceAssets],
    condition: dg.AutomationCondition | None = None,
) -> dg.AssetsDefinition:
    """Bring the index up to date from the change feed of chunks and embeddings."""
    embedding = project.settings.embedding

    @dg.asset(
        key=dg.AssetKey("search_index"),
        deps=[source.key("embeddings") for source in sources],
        group_name="search",
        description=search_index.__doc__,
        kinds={"lancedb"},
        pool=POOL,
        code_version=fingerprints.index(embedding) if project.model else None,
        automation_condition=condition,
        metadata={"dagster/column_schema": column_schema(search_index_schema(1))},
        check_specs=[
            dg.AssetCheckSpec(name, asset=dg.AssetKey("search_index"), description=about)
            for name, about in _CHECKS.items()
        ],
    )
    @keeps_secrets
    def _search_index(
        context: dg.AssetExecutionContext, lake: LakeResource, embedding_model: EmbeddingModel
    ) -> dg.MaterializeResult:
        opened = project.at(lake.url).with_embedding(embedding_model.settings())
        report = stage.run(opened, progress=Log(context), run_id=context.run.run_id)
        for alarm in report.alarms:
            context.log.warning(shown(f"{alarm.message} {alarm.mend}"))
        missing = int(report.counts.get("without_vector", 0))
        equals = dg.AssetCheckResult(
            check_name=EQUALS, passed=missing == 0, metadata={"chunks_without_vector": missing}
        )
        checks = [equals, finds_neighbours(recall.measure(opened.index)), _not_held(opened)]
        return materialized(context, opened.lake, None, None, report, checks)

    return _search_index


def finds_neighbours(found: float | None) -> dg.AssetCheckResult:
    """The check of what searches find, a share; None where there is no index yet."""
    return dg.AssetCheckResult(
        check_name=FINDS,
        passed=found is None or found >= recall.FLOOR,
        metadata={} if found is None else {"recall": found},
    )


def _not_held(project: Project) -> dg.AssetCheckResult:
    """It only warns: searches go on, and a person decides."""
    state = project.index.state()
    message, mend = (switch.told(state) if state else None) or ("", "")
    return dg.AssetCheckResult(
        check_name=switch.CHECK,
        passed=not message,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"message": message, "mend": mend} if message else {},
    )
