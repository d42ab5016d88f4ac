"""chunks: the units of embedding and retrieval."""

import dagster as dg

from doclake.health import shortfalls
from doclake.secrets import keeps_secrets
from doclake.stages import chunks as stage
from doclake_dagster.assets.common.contract_checks import contract_check, contract_result
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.shortfalls import (
    SHORTFALL_CHECKS,
    shortfall_results,
    shortfall_tables,
)
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource

CHECK = contract_check("chunks_meet_contract", "Every chunk meets every rule of the contract.")


def chunks(source: SourceAssets) -> dg.AssetsDefinition:
    """Cut elements into chunks by structure; what the contract refuses goes to quarantine."""
    key = source.key("chunks")

    @dg.asset(
        **source.arguments("chunks", "elements"),
        description=chunks.__doc__,
        kinds={"delta", "greatexpectations"},
        check_specs=[
            check.spec(key, [source.settings.owner])
            for check in (CHECK, *SHORTFALL_CHECKS.values())
        ],
    )
    @keeps_secrets
    @tells_lineage(source.project, "chunks", [source.name])
    def _chunks(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        short = shortfalls.find(stage_context.lake, source.project.settings.thin, source.name)
        checks = [
            contract_result(CHECK, stage_context, report, "chunks"),
            *shortfall_results(short),
        ]
        return materialized(context, stage_context, report, checks, shortfall_tables(short))

    return _chunks
