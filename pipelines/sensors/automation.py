"""When stages run by themselves: on changed buckets, on changed recipes, on what is missing.

An edge signal can be lost (an event that lands before a condition's first evaluation), so every
stage also holds the level signal `MISSING`.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.common.source import SourceAssets
from doclake.stages import chunks, documents, elements, embeddings

PARTITION_TAG = "dagster/partition"

_idle = ~dg.AutomationCondition.in_progress()

CHANGED_UPSTREAM = (
    dg.AutomationCondition.any_deps_updated().since(
        dg.AutomationCondition.newly_requested() | dg.AutomationCondition.newly_updated()
    )
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & _idle
).with_label("changed upstream")

CHANGED_RECIPE = (
    dg.AutomationCondition.code_version_changed().since(dg.AutomationCondition.newly_requested())
    & ~dg.AutomationCondition.missing()
    & _idle
).with_label("changed recipe")

MISSING = (
    dg.AutomationCondition.missing()
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.execution_failed()
    & _idle
).with_label("missing")

WITH_UPSTREAM = dg.AutomationCondition.any_deps_match(
    dg.AutomationCondition.will_be_requested()
).with_label("with upstream")

_STAGE = CHANGED_UPSTREAM | CHANGED_RECIPE | MISSING | WITH_UPSTREAM

CONDITIONS = {stage.STAGE: _STAGE for stage in (documents, elements, chunks, embeddings)} | {
    "search_index": CHANGED_UPSTREAM | CHANGED_RECIPE | MISSING
}


class BackfillSensor(dg.AutomationConditionSensorDefinition):
    """Turns conditions into backfills, also of a single bucket.

    Dagster wraps several partitions in a backfill and launches one alone as a bare run, so half
    of what started by itself would be missing from the list of backfills.
    """

    def evaluate_tick(self, context: dg.SensorEvaluationContext) -> Any:
        from dagster_shared.record import copy

        found = super().evaluate_tick(context)
        assert context.repository_def is not None
        graph = context.repository_def.asset_graph
        requests = [_as_backfill(request, graph) for request in found.run_requests or ()]
        return copy(found, run_requests=requests)


def _as_backfill(request: dg.RunRequest, graph: Any) -> dg.RunRequest:
    from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
    from dagster._core.definitions.events import AssetKeyPartitionKey

    if request.partition_key is None or not request.asset_selection:
        return request
    wanted = {AssetKeyPartitionKey(key, request.partition_key) for key in request.asset_selection}
    subset = AssetGraphSubset.from_asset_partition_set(wanted, graph)
    tags = {name: tag for name, tag in request.tags.items() if name != PARTITION_TAG}
    return dg.RunRequest.for_asset_graph_subset(subset, tags)


def automation_sensors(sources: Sequence[SourceAssets]) -> list[dg.SensorDefinition]:
    """One for each source, whose runs carry its tag, and one for the index."""
    sensors: list[dg.SensorDefinition] = [
        _sensor(f"backfill_{source.name}", source.name, {"doclake/source": source.name})
        for source in sources
    ]
    return [*sensors, _sensor("update_search_index", "search", {})]


def _sensor(name: str, group: str, tags: dict[str, str]) -> dg.SensorDefinition:
    return BackfillSensor(
        name,
        target=dg.AssetSelection.groups(group),
        description="Starts coalesced backfills over exactly the buckets that changed.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=15,
        run_tags={**tags, "doclake/trigger": name},
        use_user_code_server=True,
    )
