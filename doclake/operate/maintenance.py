"""Maintenance repairs rows, forgets tombstones and closed incidents, merges small files and drops
old versions.

It brings the search index up to date before it drops versions, so that no change is lost that the
index must follow. An index that falls behind all the same compares keys instead of reading the
feed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.health import damage
from doclake.lake import contract_pages, ledger, locks, messages
from doclake.lake.iceberg import forget
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.memory.store import MemoryStore
from doclake.operate import stray_rows
from doclake.project import Project
from doclake.stages import search_index
from doclake.tables.columns import TIMESTAMP
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.messages import MESSAGES
from doclake.tables.registry import TABLES
from doclake.tables.rows import strings
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


def run(project: Project) -> list[Maintained]:
    """Maintain every table and the index; safe beside running ingests. Raises `LakeDamaged`."""
    with locks.housekeeping(project.lake):
        return _run(project)


def _run(project: Project) -> list[Maintained]:
    lake, settings = project.lake, project.settings
    damage.require_none(project)
    tables = [name for name in TABLES if lake.version(name) is not None]
    dropped = {
        name: stray_rows.run(lake, TABLES[name]) + _forget(project, TABLES[name]) for name in tables
    }
    search_index.run(project)
    contract_pages.forget_old(lake, settings.retention.contract_pages)
    maintained = []
    for table in tables:
        merged = lake.compact(table)
        history = max(settings.retention.history, SHORTEST_HISTORY)
        forget.before_vacuum(lake, table, history, settings.iceberg_tables)
        removed = lake.vacuum(table, history)
        maintained.append(Maintained(table, merged, removed, dropped[table]))
    MemoryStore(project).maintain()
    with project.index.writer():
        state = project.index.state()
        if state is not None:
            project.index.optimize(state)
    return maintained


def _forget(project: Project, table: Table[Any]) -> int:
    """Delete what nobody needs any more; returns the number of rows."""
    if table is EMBEDDINGS:
        return _forget_models(project)
    if table is MESSAGES:
        limit = pa.scalar(clock.now() - project.settings.retention.tombstones, TIMESTAMP)
        return messages.forget_outdated(project.lake, limit)
    if table.retention is None:
        return 0
    age: timedelta = getattr(project.settings.retention, table.retention.setting)
    return _forget_old(project.lake, table, table.retention, age)


def _forget_old(lake: Lake, table: Table[Any], retention: Retention, age: timedelta) -> int:
    """A run may write between looking and deleting, a document that was gone be back: what is old
    is looked up again while no other process writes there."""
    has_source, in_buckets = (name in table.schema.names for name in ("source", "bucket"))
    limit = pa.scalar(clock.now() - age, TIMESTAMP)
    old = _old(lake, table, retention, Scope(where=retention.where), limit)
    forgotten = 0
    for source in pc.unique(old["source"]).to_pylist() if has_source else [None]:
        rows = old.filter(pc.equal(old["source"], source)) if source else old
        if not rows.num_rows:
            continue
        if source and in_buckets:
            buckets = pc.unique(rows["bucket"]).to_pylist()
            held, scope = locks.partitions(lake, source, buckets), Scope(source, buckets)
        else:
            held, scope = locks.table(lake, table.name), Scope(source)
        scope = replace(scope, where=retention.where)
        with held:
            keys = strings(_old(lake, table, retention, scope, limit)[table.found_by])
            for start in range(0, len(keys), BATCH):
                where = {table.found_by: keys[start : start + BATCH], **retention.where}
                forgotten += lake.delete(table.name, replace(scope, where=where))
    return forgotten


def _old(
    lake: Lake, table: Table[Any], retention: Retention, scope: Scope, limit: pa.Scalar[Any]
) -> pa.Table:
    """Place and key of the rows of a scope that are older than `limit`."""
    wanted = ["source", "bucket", table.found_by, retention.column]
    rows = lake.read(table.name, scope, [name for name in wanted if name in table.schema.names])
    return rows.filter(pc.fill_null(pc.less(rows[retention.column], limit), False))


def _forget_models(project: Project) -> int:
    """Delete the vectors of models that neither the settings nor the searches use.

    None, until the model of the settings has a vector itself: its name or its folder may be wrong
    today, and what was computed with the right one is needed tomorrow. Documents of which the
    ledger knows such vectors are marked as not embedded first, for the settings may name their
    model again.
    """
    lake, state = project.lake, project.index.state()
    used = {project.model} | (state.models if state else set())
    unused: dict[tuple[str, str], list[str]] = defaultdict(list)
    places = sorted(lake.count_by("embeddings", ["source", "bucket", "model"]))
    if project.model not in {model for _, _, model in places}:
        return 0
    for source, bucket, model in places:
        if model not in used:
            unused[source, bucket].append(model)
    return sum(_forget_vectors(lake, *place, models) for place, models in unused.items())


def _forget_vectors(lake: Lake, source: str, bucket: str, models: list[str]) -> int:
    fields = (*ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
    with locks.partitions(lake, source, [bucket]):
        trees = ledger.trees(ledger.read(lake, Scope(source, [bucket]))).values()
        known = [tree for tree in trees if any(row["model"] in models for row in tree)]
        ledger.undone(lake, source, [row for tree in known for row in tree], fields)
        return lake.delete("embeddings", Scope(source, [bucket], {"model": models}))
