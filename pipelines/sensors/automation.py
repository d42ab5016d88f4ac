"""When stages run by themselves: on changed buckets, changed recipes and missing rows.

An event that comes before the first evaluation of a condition is lost, so every stage also checks
the state: `MISSING`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from doclake.stages import chunks, documents, elements, embeddings, signals
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.exports import GROUP as EXPORTS
from doclake_dagster.pipelines.sensors.bucket_groups import in_groups

INTERVAL_SECONDS = 4
"""The daemon goes through its sensors every 5 s: with 5 it would leave out every other time."""

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

# Of the index: each group of buckets is searchable once it is embedded, however many are to come.
EMBEDDED = (
    dg.AutomationCondition.any_deps_updated().since(
        dg.AutomationCondition.newly_requested() | dg.AutomationCondition.newly_updated()
    )
    & _idle
).with_label("embedded")

CONDITIONS = {
    stage.STAGE: _STAGE for stage in (documents, elements, chunks, signals, embeddings)
} | {"search_index": EMBEDDED | CHANGED_RECIPE | MISSING}


def source_automation(source: SourceAssets) -> dg.SensorDefinition:
    """Starts the runs of this source, which carry its tag."""
    return _InGroups(source, **_options(f"backfill_{source.name}", source.name))


def index_automation() -> dg.SensorDefinition:
    """Starts the runs of the search index, and of what follows it."""
    options = _options("update_search_index", "search", EXPORTS)
    with _knowingly():
        return dg.AutomationConditionSensorDefinition(**options)


class _InGroups(dg.AutomationConditionSensorDefinition):
    """Starts one backfill of several buckets, one run of a single bucket, as Dagster does, but for
    each group of buckets."""

    def __init__(self, source: SourceAssets, **options: Any) -> None:
        tags = {**options["run_tags"], "doclake/source": source.name}
        with _knowingly():
            super().__init__(**(options | {"run_tags": tags}))
        self._source, self._given = source, options

    def evaluate_tick(self, context: dg.SensorEvaluationContext) -> Any:
        tick = super().evaluate_tick(context)
        requests = [
            new
            for old in tick.run_requests or ()
            for new in in_groups(self._source, old, context.instance)
        ]
        return type(tick)(
            run_requests=requests,
            skip_message=tick.skip_message,
            cursor=tick.cursor,
            automation_condition_evaluations=tick.automation_condition_evaluations,
        )

    def with_attributes(self, **changes: Any) -> _InGroups:
        """The same with other metadata: Dagster's components add where it stands."""
        return _InGroups(self._source, **(self._given | {"metadata": changes["metadata"]}))


def _options(name: str, *groups: str) -> dict[str, Any]:
    return {
        "name": name,
        "target": dg.AssetSelection.groups(*groups),
        "description": "Starts one backfill or run over exactly the buckets that changed.",
        "default_status": dg.DefaultSensorStatus.RUNNING,
        "minimum_interval_seconds": INTERVAL_SECONDS,
        "run_tags": {"doclake/trigger": name},
        "use_user_code_server": True,
    }


@contextmanager
def _knowingly() -> Iterator[None]:
    """`use_user_code_server` is marked beta; used knowingly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield
