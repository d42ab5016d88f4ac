"""The rows of erased documents, in whatever table of the lake has any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from doclake.govern.erasure_targets import Target, scopes
from doclake.health.unsound_rows import orphans
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.audit import AUDIT
from doclake.tables.chunks import CHUNKS
from doclake.tables.incidents import INCIDENTS
from doclake.tables.registry import OF_DOCUMENTS, TABLES

_LAST = ("ledger", "documents")
"""They know the paths: while one of them stands, an erasure that died can be gone on with."""
_IN_ORDER = (*(name for name in OF_DOCUMENTS if name not in _LAST), *_LAST)
_OF_TEXTS = [table for table in TABLES.values() if table.owner and table.owner.table == CHUNKS.name]
"""The tables whose rows live as long as a chunk has their text."""


def counted(lake: Lake, targets: Sequence[Target]) -> dict[str, int]:
    """How many rows `delete_rows` would delete, by table."""
    counts: Counter[str] = Counter()
    roots_of: dict[str, set[str]] = defaultdict(set)
    for one in targets:
        roots_of[one.source].add(one.root_id)
    for source, roots in roots_of.items():
        for name, column in OF_DOCUMENTS.items():
            for scope in scopes(source, column, roots):
                counts[name] += sum(lake.count_by(name, ["source"], scope).values())
        own = _own_texts(lake, source, roots)
        for table in _OF_TEXTS:
            held = lake.count_by(table.name, ["bucket", "text_hash"], Scope(source))
            counts[table.name] += sum(number for text, number in held.items() if text in own)
    return {name: counts[name] for name in TABLES if counts[name]}


def _own_texts(lake: Lake, source: str, roots: set[str]) -> set[tuple[str, ...]]:
    """(bucket, text_hash) of the texts that only these documents have."""
    texts: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
    for bucket, root, text in lake.count_by(
        CHUNKS.name, ["bucket", "root_id", "text_hash"], Scope(source)
    ):
        texts[root in roots].add((bucket, text))
    return texts[True] - texts[False]


def delete_rows(lake: Lake, source: str, roots: Sequence[str]) -> None:
    """Delete all rows of these listed documents and of what was inside them, and what only their
    chunks used. The caller holds the partitions."""
    for name in _IN_ORDER:
        if name == _LAST[0]:
            _delete_of_texts(lake, source)
        for scope in scopes(source, OF_DOCUMENTS[name], roots):
            lake.delete(name, scope)


def _delete_of_texts(lake: Lake, source: str) -> None:
    for table in _OF_TEXTS:
        for (name, bucket), texts in orphans(lake, table, Scope(source)).items():
            for scope in scopes(name, "text_hash", texts):
                lake.delete(table.name, Scope(name, [bucket], scope.where))


def purged_tables(lake: Lake) -> list[str]:
    """The tables with rows of documents, or messages and questions about them, that the lake
    has."""
    names = [*_IN_ORDER, *(table.name for table in _OF_TEXTS), INCIDENTS.name, AUDIT.name]
    return [name for name in names if lake.version(name) is not None]
