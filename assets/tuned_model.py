"""tuned_model: an embedding model that has learned from questions whose answers are known."""

from collections.abc import Sequence

import dagster as dg

from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import tuned_model as stage
from doclake_dagster.assets.common.metadata import materialized_whole
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.assets.embeddings import POOL
from doclake_dagster.resources.embedding_model import EmbeddingModel
from doclake_dagster.resources.lake import LakeResource


def tuned_model(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """Tune the embedding model and try it on questions that were held out. Runs only when somebody
    asks for it, and takes nothing over: its name is for `embedding.model` in doclake.yaml."""

    @dg.asset(
        key=dg.AssetKey("tuned_model"),
        deps=[dg.AssetKey("search_index")],
        group_name="search",
        description=tuned_model.__doc__,
        kinds={"pytorch", "huggingface"},
        owners=owners(sources),
        pool=POOL,
    )
    @keeps_secrets
    def _tuned_model(
        context: dg.AssetExecutionContext,
        lake: LakeResource,
        embedding_model: dg.ResourceParam[EmbeddingModel],
    ) -> dg.MaterializeResult:
        opened = project.at(lake.url).with_settings(embedding=embedding_model.settings)
        tuned = stage.run(opened, progress=Log(context), run_id=context.run.run_id)
        verdicts = tuned.trial.verdicts()
        lines = [f"| {name} | {verdict.message} |" for name, verdict in verdicts.items()]
        more = {
            "model": dg.MetadataValue.path(str(tuned.model.folder)),
            "is_better": tuned.trial.is_better,
            "trial": dg.MetadataValue.md("\n".join(["| of | |", "|---|---|", *lines])),
        }
        return materialized_whole(context, tuned.report, more=more)

    return _tuned_model
