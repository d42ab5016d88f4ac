"""Maintenance: what is wrong put right, small files merged, old versions dropped, tombstones and
closed incidents forgotten.

The search index is brought up to date before, so no change it has to follow is vacuumed away;
should it fall behind all the same, it compares keys instead of reading the feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, fingerprints
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate import repair
from doclake.settings import Settings
from doclake.stages import search_index
from doclake.tables.columns import TIMESTAMP
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.registry import TABLES
from doclake.tables.table import Retention, Table

BATCH = 1_000
SHORTEST_HISTORY = timedelta(hours=1)  # a run at work has files that no version names yet


@dataclass(frozen=True)
class Maintained:
    """What was done to one table."""

    table: str
    files_merged: int = 0
    files_removed: int = 0
    rows_forgotten: int = 0


def run(lake: Lake, settings: Settings) -> list[Maintained]:
    """Maintain every table and the index; safe beside running ingests."""
    tables = [name for name in TABLES if lake.version(name) is not None]
    dropped = {
        name: repair.run(lake, TABLES[name]) + _forget(lake, settings, TABLES[name])
        for name in tables
    }
    search_index.run(lake, settings.embedding)
    done = []
    for table in tables:
        merged = lake.compact(table)
        removed = lake.vacuum(table, max(settings.retention.history, SHORTEST_HISTORY))
        done.append(Maintained(table, merged, removed, dropped[table]))
    index = SearchIndex(lake)
    state = index.state()
    if state is not None:
        with index.writer():
            index.optimize(state)
    return done


def _forget(lake: Lake, settings: Settings, table: Table) -> int:
    """Delete what nobody needs any more; returns the number of rows."""
    if table is EMBEDDINGS:
        return _forget_models(lake, settings)
    if table.retention is None:
        return 0
    age: timedelta = getattr(settings.retention, table.retention.setting)
    return _forget_old(lake, table, table.retention, age)


def _forget_old(lake: Lake, table: Table, retention: Retention, age: timedelta) -> int:
    key, column, where = table.found_by, retention.column, retention.where
    rows = lake.read(table.name, Scope(where=where), ["source", key, column])
    limit = pa.scalar(clock.now() - age, TIMESTAMP)
    old = rows.filter(pc.fill_null(pc.less(rows[column], limit), False))
    forgotten = 0
    for source in pc.unique(old["source"]).to_pylist():
        keys = old.filter(pc.equal(old["source"], source))[key].to_pylist()
        for start in range(0, len(keys), BATCH):
            scope = Scope(source, where={key: keys[start : start + BATCH], **where})
            forgotten += lake.delete(table.name, scope)
    return forgotten


def _forget_models(lake: Lake, settings: Settings) -> int:
    """Vectors of models that neither the settings nor the searches use."""
    state = SearchIndex(lake).state()
    used = {fingerprints.model(settings.embedding)} | ({state.model} if state else set())
    models = {model for (model,) in lake.count_by("embeddings", ["model"])} - used
    return lake.delete("embeddings", Scope(where={"model": sorted(models)})) if models else 0
