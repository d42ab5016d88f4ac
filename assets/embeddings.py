"""embeddings: one vector for every distinct text."""

import dagster as dg

from doclake.govern import quarantine
from doclake.secrets import keeps_secrets
from doclake.stages import embeddings as stage
from doclake_dagster.assets.common.contract_checks import contract_check, contract_result
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.quarantine import CHECK as QUARANTINE
from doclake_dagster.assets.common.quarantine import quarantine_result
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.embedding_model import EmbeddingModel
from doclake_dagster.resources.lake import LakeResource

CHECK = contract_check(
    "vectors_meet_contract", "Every vector is finite, of unit length and of the right dimension."
)
POOL = "gpu"


def embeddings(source: SourceAssets) -> dg.AssetsDefinition:
    """Embed the texts that have no vector of this model anywhere in the lake yet."""
    key = source.key("embeddings")

    @dg.asset(
        **source.arguments("embeddings", "signals"),
        description=embeddings.__doc__,
        kinds={"delta", "pytorch", "huggingface"},
        pool=POOL,
        check_specs=[
            CHECK.spec(key, [source.settings.owner]),
            QUARANTINE.spec(key, [source.settings.owner]),
        ],
    )
    @keeps_secrets
    @tells_lineage(source.project, "embeddings", [source.name])
    def _embeddings(
        context: dg.AssetExecutionContext,
        lake: LakeResource,
        embedding_model: dg.ResourceParam[EmbeddingModel],
    ) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context, embedding_model.embedder())
        waiting = quarantine.waiting(stage_context.lake, quarantine.Selection(source.name))
        checks = [
            contract_result(CHECK, stage_context, report, "embeddings"),
            quarantine_result(source.name, waiting),
        ]
        return materialized(context, stage_context, report, checks)

    return _embeddings
