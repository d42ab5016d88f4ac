"""documents: the registry of what a source lists."""

from collections.abc import Iterator, Mapping

import dagster as dg

from doclake.secrets import keeps_secrets
from doclake.settings.source_options import is_topic
from doclake.stages import documents as stage
from doclake.stages.context import StageContext
from doclake.stages.plans.documents import registered_digests
from doclake_dagster.assets.common.checks import ERROR, WARN, Check
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import DATA_VERSION_TAG
from doclake_dagster.resources.lake import LakeResource

CHECKS = {
    "deletion_refused": Check(
        "deletions_within_guard",
        ERROR,
        "The listing lost no more documents than `deletion` in doclake.yaml allows.",
        "nothing was deleted. Put the documents back, or allow it once: `doclake ingest "
        "--allow-deletions`.",
    ),
    "listing_incomplete": Check(
        "listing_is_complete",
        ERROR,
        "Every part of the source could be listed.",
        "what is missing does not count as deleted. Mend the access to the source; the next "
        "complete listing closes it.",
    ),
    "access_unclear": Check(
        "access_is_clear",
        WARN,
        "Every sidecar, owner or tag that `access_from` asks says who may read its documents.",
        "nobody may read those of which it is not clear. Mend what the message names.",
    ),
}
"""By the alarm that fails them."""
OF_TOPICS = {
    "messages_late": Check(
        "messages_are_fresh",
        ERROR,
        "No message waits in the topic that is older than the freshness target.",
        "rows are behind by more than that. More is taken at once with a longer `take_for`.",
    ),
}


def documents(source: SourceAssets) -> dg.AssetsDefinition:
    """List the source; register what is new or changed; tombstone what is gone."""
    key = source.key("documents")
    target = source.settings.freshness
    checks = CHECKS | (OF_TOPICS if is_topic(source.settings) else {})

    @dg.asset(
        **source.arguments("documents", "files"),
        description=documents.__doc__,
        kinds={"delta"},
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=target) if target else None,
        check_specs=[check.spec(key, [source.settings.owner]) for check in checks.values()],
    )
    @keeps_secrets
    @tells_lineage(source.project, "documents", [source.name])
    def _documents(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        raised = {alarm.code: alarm for alarm in report.alarms}
        if "listing_incomplete" not in raised:
            versions = report.listed or registered_digests(
                stage_context.lake, source.name, source.settings.buckets
            )
            for event in _listed(source, stage_context, versions):
                context.log_event(event)
        results = [
            check.result(raised[code].message, raised[code].mend)
            if code in raised
            else check.result(None)
            for code, check in checks.items()
        ]
        return materialized(context, stage_context, report, results)

    return _documents


def _listed(
    source: SourceAssets, stage: StageContext, versions: Mapping[str, str]
) -> Iterator[dg.AssetMaterialization]:
    """The files of each bucket as this run has just listed them, so that the asset `files` tells
    when it was last looked at, whoever started the run. It is no observation, which Dagster does
    not show of an asset that it cannot observe itself; and it starts no run, since it is of a run
    that makes `documents`. What changed since is reported again, also where deletions are refused:
    to the automation the run stands for all that was reported before it ended."""
    for bucket in stage.buckets:
        tags = {DATA_VERSION_TAG: versions[bucket]}
        yield dg.AssetMaterialization(source.key("files"), partition=bucket, tags=tags)
