"""When stages run by themselves: on changed buckets, on changed recipes, on what is missing.

An edge signal can be lost (an event that lands before a condition's first evaluation), so every
stage also holds the level signal `MISSING`.
"""

import dagster as dg

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


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Turns the conditions into coalesced backfills over exactly the buckets they name."""
    return dg.AutomationConditionSensorDefinition(
        "start_backfills",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=15,
        run_tags={"doclake/trigger": "start_backfills"},
    )
