"""Brings the view in step with the table `memories`, from its change feed.

A commit changes a row or two, and so does its update of the view. After a gap in the feed, or in a
table that was put back, the revisions of all rows are compared. Doing it twice changes nothing; the
watermark is written last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from doclake import access
from doclake.embed import Embedded
from doclake.errors import LakeError
from doclake.index.memory_index import MemoryIndex
from doclake.index.rows import ADDRESS, IndexRows
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.watermark import Watermark, at, of_table
from doclake.memory import sounds
from doclake.tables.memories import MEMORIES, MemoryRow
from doclake.tables.memory_index import ALWAYS, BY_MOMENT, COPIED, NO_MORE
from doclake.tables.rows import integers, strings
from doclake.terms import terms

Embed = Callable[[Sequence[str]], Embedded]
AT_ONCE = 5_000  # rows in a commit
_GONE = ("delete", "update_preimage")


@dataclass(frozen=True)
class Changes:
    """`rows` are as they are now, `gone` the ids that no row has any more."""

    rows: pa.Table
    gone: Sequence[str]


def now(lake: Lake) -> Watermark:
    """Where the memories stand."""
    table = lake.lately(MEMORIES.name)
    return Watermark() if table is None else of_table(table)


def followed(
    index: MemoryIndex, state: IndexState, embed: Embed, *, was_in_step: bool = False
) -> IndexState:
    """The state, with its table in step with the memories. Only the writer may ask for it.

    `embed` gives the vectors of texts whose own are of another model. Who has just seen the table
    in step says so: else it costs some milliseconds to see that nobody put back what it followed.
    Raises `LakeError`, `IndexStateError`.
    """
    mark = now(index.lake)
    before = state.watermarks.get(MEMORIES.name, Watermark())
    if mark == before:
        return state
    changes = None
    if was_in_step or _goes_on(index.lake, before, mark):
        changes = _from_feed(index.lake, before, mark)
    _write(index.table(state), state, changes or _by_comparison(index, state), embed)
    state = replace(state, watermarks={MEMORIES.name: mark})
    index.save(state)
    return state


def _goes_on(lake: Lake, before: Watermark, mark: Watermark) -> bool:
    """Whether the table has the commit that was followed."""
    if before.table_id != mark.table_id or before.version > mark.version:
        return False
    try:
        return at(lake, MEMORIES.name, before.version) == before
    except LakeError:
        return False


def _from_feed(lake: Lake, before: Watermark, mark: Watermark) -> Changes | None:
    """None if the feed has a gap."""
    from deltalake.exceptions import DeltaError

    table = lake.lately(MEMORIES.name)
    if table is None:
        return None
    try:
        feed = pa.table(table.load_cdf(before.version + 1, mark.version))
    except (DeltaError, OSError, ValueError):
        return None
    return _last(feed)


def _last(feed: pa.Table) -> Changes:
    """Of each id, what the last commit that touched it has left."""
    ids, versions = strings(feed["memory_id"]), integers(feed["_commit_version"])
    kinds = strings(feed["_change_type"])
    touched: dict[str, int] = {}
    for memory_id, version in zip(ids, versions, strict=True):
        touched[memory_id] = max(version, touched.get(memory_id, version))
    kept = {
        memory_id: place
        for place, (memory_id, version, kind) in enumerate(zip(ids, versions, kinds, strict=True))
        if kind not in _GONE and version == touched[memory_id]
    }
    rows = feed.select(MEMORIES.schema.names).cast(MEMORIES.schema)  # `take` knows no string_view
    rows = rows.take(pa.array(list(kept.values()), pa.int64()))
    return Changes(rows, sorted(touched.keys() - kept.keys()))


def _by_comparison(index: MemoryIndex, state: IndexState) -> Changes:
    rows = index.lake.read(MEMORIES.name)
    held = index.table(state).of(EVERYTHING, ["memory_id", "revision"]).to_pydict()
    revisions = dict(zip(held["memory_id"], held["revision"], strict=True))
    pairs = zip(strings(rows["memory_id"]), rows["revision"].to_pylist(), strict=True)
    differs = [revisions.get(memory_id) != revision for memory_id, revision in pairs]
    gone = revisions.keys() - set(strings(rows["memory_id"]))
    return Changes(rows.filter(pa.array(differs, pa.bool_())), sorted(gone))


def _write(table: IndexRows, state: IndexState, changes: Changes, embed: Embed) -> None:
    for start in range(0, len(changes.gone), AT_ONCE):
        gone = changes.gone[start : start + AT_ONCE]
        addresses = [address for _, address in _held(table, gone).values()]
        table = table.replace(addresses, MemoryIndex.schema(state.dimension).empty_table())
    for start in range(0, changes.rows.num_rows, AT_ONCE):
        rows = MEMORIES.rows(changes.rows.slice(start, AT_ONCE))
        held = _held(table, [row["memory_id"] for row in rows])
        # One that was only embedded by another model stands as it is.
        new = [row for row in rows if held.get(row["memory_id"], _NO)[0] != row["revision"]]
        replaced = [held[row["memory_id"]][1] for row in new if row["memory_id"] in held]
        table = table.replace(replaced, index_rows(new, state, embed))


_NO = (None, None)


def _held(table: IndexRows, memory_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Revision and address of each row of the view with one of these ids."""
    scope = Scope(where={"memory_id": memory_ids})
    found = table.of(scope, ["memory_id", "revision"], addresses=True)
    pairs = zip(integers(found["revision"]), integers(found[ADDRESS]), strict=True)
    return dict(zip(strings(found["memory_id"]), pairs, strict=True))


def index_rows(rows: Sequence[MemoryRow], state: IndexState, embed: Embed) -> pa.Table:
    """Rows of the view, with vectors of its model."""
    schema = MemoryIndex.schema(state.dimension)
    vectors = {row["memory_id"]: row["vector"] for row in rows}
    signs = {row["memory_id"]: row["signs"] for row in rows}
    others = [row for row in rows if row["model"] != state.model]
    if others:
        embedded = embed([row["text"] for row in others])
        for row, vector, own in zip(others, embedded.vectors, embedded.signs, strict=True):
            vectors[row["memory_id"]], signs[row["memory_id"]] = vector.tolist(), own
    made = [
        {name: row[name] for name in COPIED}  # type: ignore[literal-required]
        | {
            "access_keys": access.keys(row["access"], None),
            "recalled": _recalled(row),
            "terms": " ".join(_terms(row)),
            "signs": signs[row["memory_id"]],
            "vector": vectors[row["memory_id"]],
        }
        for row in rows
    ]
    return pa.Table.from_pylist(made, schema=schema)


def _recalled(row: MemoryRow) -> str:
    if row["retired_at"] is not None:
        return NO_MORE
    begins = row["valid_from"]
    has_begun = begins is None or begins <= row["recorded_at"]
    is_bounded = row["valid_to"] is not None or row["expires_at"] is not None
    return ALWAYS if has_begun and not is_bounded else BY_MOMENT


def _terms(row: MemoryRow) -> list[str]:
    subject = row["subject"] or ""
    return terms(f"{subject} \n {row['text']}") + sounds.of_name(subject)
