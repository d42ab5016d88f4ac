"""Takes what names erased documents out of Dagster's history, as far as its own interface goes.

The log of a run cannot be changed, only deleted with its run. An asset whose last materialization
names a document forgets all of them, so the next tick of the automation makes it once more, and
finds nothing to do.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg

from doclake.govern.mentions import Names

_PAGE = 200  # runs that are read at once
_WAIT = 20.0  # seconds for whoever holds a file of SQLite


def forget(instance: dg.DagsterInstance, names: Names) -> dict[str, int]:
    """Delete the runs that name a document, with their logs. Returns how many went (`runs`,
    `assets`), and how many stay because Dagster cannot let go of them (`runs_left`, `ticks_left`:
    runs at work, and ticks of sensors until they are purged), or because another process holds the
    file that had them (`files_left`). A history in memory holds nothing."""
    if instance.is_ephemeral:
        return {}
    assets = {key for key in instance.all_asset_keys() if _is_named(instance, key, names)}
    named = []
    for run in _runs(instance):
        if entries := [one for one in instance.all_logs(run.run_id) if _names_any(one, names)]:
            named.append(run)
            assets |= set(_checked(entries))
    finished = [run for run in named if run.is_finished]
    for run in finished:
        instance.compute_log_manager.delete_logs(prefix=[run.run_id])
        instance.delete_run(run.run_id)
    if assets:
        instance.wipe_assets(sorted(assets))
    held = [file for file in _files(instance) if not _is_rewritten(file)]
    return {
        "runs": len(finished),
        "assets": len(assets),
        "runs_left": len(named) - len(finished),
        "ticks_left": sum(names.are_in(tick) for tick in _ticks(instance)),
        "files_left": len(held),
    }


def _runs(instance: dg.DagsterInstance) -> Iterator[dg.DagsterRun]:
    cursor = None
    while page := instance.get_runs(cursor=cursor, limit=_PAGE):
        yield from page
        cursor = page[-1].run_id


def _is_named(instance: dg.DagsterInstance, key: dg.AssetKey, names: Names) -> bool:
    last = instance.get_latest_materialization_event(key)
    return last is not None and _names_any(last, names)


def _names_any(entry: Any, names: Names) -> bool:
    """Whether an entry of a log names a document."""
    return names.are_in("\n".join(_texts(json.loads(entry.to_json()))))


def _checked(entries: Iterable[dg.EventLogEntry]) -> Iterator[dg.AssetKey]:
    """Assets whose checks these are: Dagster keeps results of checks when their run is deleted."""
    for entry in entries:
        event = entry.dagster_event
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            yield event.asset_check_evaluation_data.asset_key


def _texts(value: Any) -> Iterator[str]:
    """Of a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inside: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for one in inside:
            yield from _texts(one)


def _ticks(instance: dg.DagsterInstance) -> Iterator[str]:
    for state in instance.all_instigator_state():
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id)
        yield from map(str, ticks)


def _files(instance: dg.DagsterInstance) -> Iterator[Path]:
    """Those of SQLite, which keep what was deleted in them. PostgreSQL frees it by itself."""
    place_of = getattr(instance.event_log_storage, "path_for_shard", None)
    if place_of is not None:
        yield from Path(place_of("index")).parents[2].rglob("*.db")


def _is_rewritten(file: Path) -> bool:
    """Whether a file of SQLite could be written anew."""
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT)) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        return False
    return True
