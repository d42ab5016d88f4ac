"""chunks: the units of embedding and retrieval."""

import dagster as dg

from assets.common.metadata import contract_check, materialized
from assets.common.plots import histogram
from assets.common.source import SourceAssets
from doclake.secrets import keeps_secrets
from doclake.stages import chunks as stage
from resources.lake import LakeResource

CHECK = "chunks_meet_contract"
_ABOUT = "Every chunk meets every rule of the contract; the others are in quarantine."


def chunks(source: SourceAssets) -> dg.AssetsDefinition:
    """Cut elements into chunks by structure; what the contract refuses goes to quarantine."""
    key = source.key("chunks")

    @dg.asset(
        **source.arguments("chunks", "elements"),
        description=chunks.__doc__,
        kinds={"delta", "greatexpectations"},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description=_ABOUT)],
    )
    @keeps_secrets
    def _chunks(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        result = materialized(
            context,
            stage_context.lake,
            "chunks",
            source.name,
            report,
            [contract_check(CHECK, report)],
        )
        if not report.documents:
            return result
        tokens = stage_context.lake.read("chunks", stage_context.scope, ["tokens"])["tokens"]
        plot = histogram(
            tokens.to_numpy(), "Tokens of a chunk", source.settings.recipe.chunk.max_tokens
        )
        return result._replace(metadata={**(result.metadata or {}), "chunk_length": plot})

    return _chunks
