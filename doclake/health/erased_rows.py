"""Rows of documents that were erased, which nothing may hold any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from doclake.lake import erased
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.project import Project
from doclake.tables.erasures import ERASURES
from doclake.tables.registry import OF_DOCUMENTS
from doclake.tables.rows import strings

_AT_ONCE = 10_000  # ids in a predicate


@dataclass(frozen=True)
class Left:
    """Erased documents of a source that a table, or the index, has rows of."""

    source: str
    table: str
    doc_ids: list[str]


def left(project: Project) -> Iterator[Left]:
    """What has rows of erased documents."""
    lake, state = project.lake, project.index.state()
    denied: dict[str, list[str]] = defaultdict(list)
    for row in erased.rows(lake, EVERYTHING):
        denied[row["source"]].append(row["doc_id"])
    for source, doc_ids in sorted(denied.items()):
        held: dict[str, set[str]] = defaultdict(set)
        for start in range(0, len(doc_ids), _AT_ONCE):
            batch = doc_ids[start : start + _AT_ONCE]
            for name, column in OF_DOCUMENTS.items():
                scope = Scope(source, where={column: batch})
                held[name] |= {root for (root,) in lake.count_by(name, [column], scope)}
            if state is not None:
                scope = Scope(source, where={"root_id": batch})
                rows = project.index.rows(state, scope, ["root_id"])
                held["search_index"] |= set(strings(rows["root_id"]))
        yield from (Left(source, name, sorted(roots)) for name, roots in held.items() if roots)


def unfinished(lake: Lake) -> list[str]:
    """Ids of the erasures that began and were interrupted, oldest first."""
    saved = lake.read(ERASURES.name, columns=["erasure_id", "completed_at"])
    completed = saved.filter(pc.is_valid(saved["completed_at"]))
    begun = {row["erasure_id"]: row["erased_at"] for row in erased.rows(lake, EVERYTHING)}
    left = begun.keys() - set(strings(completed["erasure_id"]))
    return sorted(left, key=lambda one: (begun[one], one))
