"""What a run says of itself: the figures in the materializations of its assets."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from doclake_dagster.assets.common.metadata import RUN

_OF_EVERY_PARTITION = ("dagster/row_count", "alarms")


def figures(events: Iterable[dg.DagsterEvent]) -> dict[str, dict[str, Any]]:
    """Of each stage, by the last part of its asset's key, from materialization events."""
    return {
        event.asset_key.path[-1]: _of_run(event.step_materialization_data.materialization.metadata)
        for event in events
        if event.asset_key
    }


def _of_run(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, Any]:
    """Those of a run. What an event of a partition says beside them is of that partition alone."""
    values: dict[str, Any] = {name: entry.value for name, entry in metadata.items()}
    if RUN not in values:
        return values
    whole = {name: values[name] for name in _OF_EVERY_PARTITION if name in values}
    return {**whole, **values[RUN]}
