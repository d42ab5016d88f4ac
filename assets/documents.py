"""documents: the registry of what a source lists."""

import dagster as dg

from doclake.secrets import keeps_secrets
from doclake.stages import documents as stage
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource

CHECKS = ("deletions_within_guard", "listing_is_complete")
_ABOUT = (
    "The listing lost no more documents than the deletion guard allows.",
    "Every part of the source could be listed; else no document counts as deleted.",
)
_ALARMS = {"deletion_refused": CHECKS[0], "listing_incomplete": CHECKS[1]}


def documents(source: SourceAssets) -> dg.AssetsDefinition:
    """List the source; register what is new or changed; tombstone what is gone."""
    key = source.key("documents")
    target = source.settings.freshness

    @dg.asset(
        **source.arguments("documents", "files"),
        description=documents.__doc__,
        kinds={"delta"},
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=target) if target else None,
        check_specs=[
            dg.AssetCheckSpec(name, asset=key, description=about)
            for name, about in zip(CHECKS, _ABOUT, strict=True)
        ],
    )
    @keeps_secrets
    def _documents(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        raised = {_ALARMS[alarm.code]: alarm for alarm in report.alarms}
        checks = [
            dg.AssetCheckResult(
                check_name=name,
                passed=name not in raised,
                metadata={"message": raised[name].message, "mend": raised[name].mend}
                if name in raised
                else None,
            )
            for name in CHECKS
        ]
        return materialized(context, stage_context.lake, "documents", source.name, report, checks)

    return _documents
