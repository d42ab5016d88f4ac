"""chunks: the units of embedding and retrieval."""

import dagster as dg

from doclake.health import shortfalls
from doclake.secrets import keeps_secrets
from doclake.stages import chunks as stage
from doclake_dagster.assets.common.metadata import contract_check, materialized
from doclake_dagster.assets.common.plots import histogram
from doclake_dagster.assets.common.shortfalls import shortfall_checks, shortfall_table
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource

CHECK = "chunks_meet_contract"
_ABOUT = "Every chunk meets every rule of the contract; the others are in quarantine."
_ABOUT_SHORTFALLS: dict[shortfalls.Kind, str] = {
    "no_chunk": "No document of the source held text and gave no chunk.",
    "thin": "No document's elements hold less than `thin.below_share` of its letters.",
}


def chunks(source: SourceAssets) -> dg.AssetsDefinition:
    """Cut elements into chunks by structure; what the contract refuses goes to quarantine."""
    key = source.key("chunks")

    @dg.asset(
        **source.arguments("chunks", "elements"),
        description=chunks.__doc__,
        kinds={"delta", "greatexpectations"},
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=key, description=_ABOUT),
            *(
                dg.AssetCheckSpec(name, asset=key, description=_ABOUT_SHORTFALLS[kind])
                for kind, name in shortfalls.CHECKS.items()
            ),
        ],
    )
    @keeps_secrets
    def _chunks(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        short = shortfalls.find(stage_context.lake, source.project.settings.thin, source.name)
        result = materialized(
            context,
            stage_context.lake,
            "chunks",
            source.name,
            report,
            [contract_check(CHECK, report), *shortfall_checks(short)],
        )
        if short:
            table = shortfall_table(short)
            result = result._replace(metadata={**(result.metadata or {}), "shortfalls": table})
        if not report.documents:
            return result
        tokens = stage_context.lake.read("chunks", stage_context.scope, ["tokens"])["tokens"]
        plot = histogram(
            tokens.to_numpy(), "Tokens of a chunk", source.settings.recipe.chunk.max_tokens
        )
        return result._replace(metadata={**(result.metadata or {}), "chunk_length": plot})

    return _chunks
