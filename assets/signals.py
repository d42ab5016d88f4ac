"""signals: what steps of curation say of the chunks."""

import dagster as dg

from doclake.curate import chain
from doclake.secrets import keeps_secrets
from doclake.stages import signals as stage
from doclake.stages.report import StageReport
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource


def signals(source: SourceAssets) -> dg.AssetsDefinition:
    """Judge each chunk by the steps of curation; a dropped one is neither embedded nor found."""

    @dg.asset(
        **source.arguments("signals", "chunks"),
        description=signals.__doc__,
        kinds={"delta"},
    )
    @keeps_secrets
    def _signals(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        return materialized(context, stage_context, report, more={"steps": _steps(source, report)})

    return _signals


def _steps(source: SourceAssets, report: StageReport) -> dg.MetadataValue:
    """Each step that is on, what becomes of what it flags, and how much it flagged in this run."""
    lines = ["| step | policy | flagged in this run |", "|---|---|---:|"]
    for link in chain.chain(source.settings.recipe.curation):
        flagged = report.counts.get(f"flagged_by_{link.name}", 0)
        lines.append(f"| {link.name} | {link.policy} | {flagged:,} |")
    return dg.MetadataValue.md("\n".join(lines))
