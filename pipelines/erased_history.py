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
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage

from doclake.govern.mentions import Names

_PAGE = 200  # runs that are read at once


def forget(instance: dg.DagsterInstance, names: Names) -> dict[str, int]:
    """Delete the runs that name a document, with their logs. Returns how many went (`runs`,
    `assets`), and how many stay because Dagster cannot let go of them (`runs_left`, `ticks_left`:
    runs at work, and ticks of sensors until they are purged). A history in memory holds nothing."""
    if instance.is_ephemeral:
        return {}
    named = [run for run in _runs(instance) if names.are_in("\n".join(_told(instance, run)))]
    assets = [key for key in instance.all_asset_keys() if _is_named(instance, key, names)]
    finished = [run for run in named if run.is_finished]
    for run in finished:
        instance.compute_log_manager.delete_logs(prefix=[run.run_id])
        instance.delete_run(run.run_id)
    if assets:
        instance.wipe_assets(assets)
    _empty_pages(instance)
    return {
        "runs": len(finished),
        "assets": len(assets),
        "runs_left": len(named) - len(finished),
        "ticks_left": sum(names.are_in(tick) for tick in _ticks(instance)),
    }


def _runs(instance: dg.DagsterInstance) -> Iterator[dg.DagsterRun]:
    cursor = None
    while page := instance.get_runs(cursor=cursor, limit=_PAGE):
        yield from page
        cursor = page[-1].run_id


def _told(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    """Every text in the log of a run."""
    for entry in instance.all_logs(run.run_id):
        yield from _texts_of(entry)


def _is_named(instance: dg.DagsterInstance, key: dg.AssetKey, names: Names) -> bool:
    last = instance.get_latest_materialization_event(key)
    return last is not None and names.are_in("\n".join(_texts_of(last)))


def _texts_of(entry: Any) -> Iterator[str]:
    """Every text in an entry of a log."""
    yield from _texts(json.loads(entry.to_json()))


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


def _empty_pages(instance: dg.DagsterInstance) -> None:
    """Write the files of SQLite anew: it leaves what was deleted in them. PostgreSQL does so by
    itself in time."""
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        for file in Path(storage.path_for_shard("index")).parents[2].rglob("*.db"):
            with closing(sqlite3.connect(file, timeout=60)) as database:
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
