"""When stages run by themselves: on changed buckets, changed recipes and missing rows.

An event that comes before the first evaluation of a condition is lost, so every stage also checks
the state: `MISSING`.
"""

import warnings

import dagster as dg

from assets.common.source import SourceAssets
from doclake.stages import chunks, documents, elements, embeddings

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


def source_automation(source: SourceAssets) -> dg.SensorDefinition:
    """Starts the runs of this source, which carry its tag."""
    return _sensor(f"backfill_{source.name}", source.name, {"doclake/source": source.name})


def index_automation() -> dg.SensorDefinition:
    """Starts the runs of the search index."""
    return _sensor("update_search_index", "search", {})


def _sensor(name: str, group: str, tags: dict[str, str]) -> dg.SensorDefinition:
    """Dagster makes one backfill of several buckets, and one run of a single bucket."""
    with warnings.catch_warnings():
        # `use_user_code_server` is marked beta; used knowingly.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.AutomationConditionSensorDefinition(
            name,
            target=dg.AssetSelection.groups(group),
            description="Starts one backfill or run over exactly the buckets that changed.",
            default_status=dg.DefaultSensorStatus.RUNNING,
            minimum_interval_seconds=15,
            run_tags={**tags, "doclake/trigger": name},
            use_user_code_server=True,
        )
