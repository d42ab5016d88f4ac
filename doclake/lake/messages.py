"""What was taken from a topic, and where to go on.

Both are one commit: a kill loses nothing and doubles nothing, however many take from it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.lake import erased, marks, past
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.messages import DELETE, MESSAGES, Batch, MessageRow, OffsetOf
from doclake.tables.rows import strings

_FACTS = [name for name in MESSAGES.schema.names if name != "content"]
_AT_ONCE = 1_000
_HELD_BYTES = 64 << 20
_BATCHES, _ROUNDS = "doclake/messages/{}", "doclake/rounds/{}"
_WAITING = "doclake/waiting/{}"
"""Marks of a source: the number of its last batch, how often its topic was begun anew, and how many
messages waited there after that batch."""


class Progress(NamedTuple):
    """How far a source has come with its topic: how many messages waited there when it last took
    some, and when the newest that was taken was sent, if that is known."""

    waiting: int
    newest: datetime | None


def progress(lake: Lake, sources: Collection[str]) -> dict[str, Progress]:
    """By source; of those that ever took a message. Nothing is asked of a topic."""
    mark = marks.read(lake, MESSAGES.name) if sources else lambda _: None
    waiting = {name: mark(_WAITING.format(name)) for name in sources}
    if all(number is None for number in waiting.values()):
        return {}
    sql = "SELECT source, max(mtime) AS mtime FROM t GROUP BY source"
    rows = past.select(lake, MESSAGES.name, sql, MESSAGES.columns(["source", "mtime"]))
    newest = (
        dict(zip(*(rows[c].to_pylist() for c in rows.column_names), strict=True)) if rows else {}
    )
    return {name: Progress(n, newest.get(name)) for name, n in waiting.items() if n is not None}


class Messages:
    """Of one source. With `read_only` what is taken stays in this process, the first of it with its
    content; of the rest nobody can tell the content."""

    def __init__(self, lake: Lake, source: str, *, read_only: bool = False) -> None:
        self._lake, self._source = lake, source
        self._read_only = read_only
        self._held: list[pa.Table] = []
        self._held_marks: dict[str, int] = {}

    def take(self, read: Callable[[OffsetOf], Batch | None]) -> Batch | None:
        taken: Batch | None = None

        def make(mark: OffsetOf) -> marks.Made | None:
            nonlocal taken
            # Without its rows, an older round of the topic counts for nothing.
            rounds, batches = _ROUNDS.format(self._source), _BATCHES.format(self._source)
            of_round = f"{batches}/{mark(rounds) or 0}/"
            taken = read(lambda partition: mark(of_round + partition))
            if taken is None:
                return None
            # One number for all partitions: so the order of two batches is that of their commits.
            batch = (mark(batches) or 0) + 1
            offsets = {of_round + name: offset for name, offset in taken.offsets.items()}
            told = {batches: batch, _WAITING.format(self._source): taken.waiting}
            return self._rows(taken, batch), told | offsets

        if self._read_only:
            self._hold(make(self._known))
        else:
            marks.append(self._lake, MESSAGES.name, make)
        return taken

    def _known(self, mark: str) -> int | None:
        stored = marks.read(self._lake, MESSAGES.name)
        return self._held_marks.get(mark, stored(mark))

    def _hold(self, made: marks.Made | None) -> None:
        if made:
            rows, offsets = made
            if sum(held.nbytes for held in self._held) > _HELD_BYTES:
                rows = rows.select(_FACTS)
            self._held.append(rows)
            self._held_marks |= offsets

    def _rows(self, taken: Batch, batch: int) -> pa.Table:
        """With the number of their batch, and without those of erased documents."""
        rows = MESSAGES.arrow(
            [
                {
                    **row,
                    "batch": batch,
                    "message_id": f"{batch}-{row['partition']}-{row['message_offset']}",
                }
                for row in taken.rows
            ]
        )
        return erased.without(rows, erased.ids(self._lake, self._source))

    def standing(self) -> Iterator[pa.Table]:
        held = pa.concat_tables(
            [MESSAGES.columns(_FACTS).empty_table(), *(rows.select(_FACTS) for rows in self._held)]
        )
        stored = self._lake.count_by(MESSAGES.name, ["bucket"], Scope(self._source))
        for bucket in sorted({*strings(held["bucket"]), *(name for (name,) in stored)}):
            rows = self._lake.read(MESSAGES.name, Scope(self._source, [bucket]), _FACTS)
            here = held.filter(pc.equal(held["bucket"], bucket))
            yield newest(pa.concat_tables([rows, here]))

    def newest(self, path: str, bucket: str) -> MessageRow | None:
        doc_id = ids.doc_id(self._source, path)
        scope = Scope(self._source, [bucket], {"doc_id": [doc_id]})
        stored = self._lake.read(MESSAGES.name, scope, often=True)
        of_path = [stored, *(rows.filter(pc.equal(rows["doc_id"], doc_id)) for rows in self._held)]
        standing = newest(pa.concat_tables(rows.select(_FACTS) for rows in of_path))
        for rows in of_path:
            found = rows.filter(pc.is_in(rows["message_id"], value_set=_names(standing)))
            if found.num_rows:
                return MESSAGES.rows(found)[0] if "content" in found.column_names else None
        return None


def newest(rows: pa.Table) -> pa.Table:
    """The newest message of each document.

    Within a partition the last one is the newest: by offset, and by batch first, because a topic
    that was made anew begins again at 0. Offsets of two partitions tell no order, nor does which
    was taken first, since one may lag: between them the time counts at which a message was sent,
    as it says itself, and at equal times the number of the partition.
    """
    in_partitions = _last(rows, ["batch", "message_offset"], ["doc_id", "partition"])
    return _last(in_partitions, ["mtime", "partition"], ["doc_id"])


def _last(rows: pa.Table, order: list[str], keys: list[str]) -> pa.Table:
    """Of each key the last row in this order, in which what is not known comes first."""
    ordered = rows.take(pc.sort_indices(rows, [(name, "ascending", "at_start") for name in order]))
    numbered = ordered.append_column("row", pa.array(range(ordered.num_rows), pa.int64()))
    last = numbered.group_by(keys).aggregate([("row", "max")])["row_max"]
    return ordered.take(last.combine_chunks())


def _names(rows: pa.Table) -> pa.Array[Any]:
    names: pa.Array[Any] = rows["message_id"].combine_chunks()
    return names


def begin_anew(lake: Lake, source: str) -> None:
    """Delete what was taken from a topic; the next listing takes it from its first message."""
    rounds = _ROUNDS.format(source)
    if lake.open(MESSAGES.name) is None:
        return
    nothing = MESSAGES.schema.empty_table()
    marks.append(lake, MESSAGES.name, lambda mark: (nothing, {rounds: (mark(rounds) or 0) + 1}))
    lake.delete(MESSAGES.name, Scope(source))


def forget_outdated(lake: Lake, older_than: pa.Scalar[Any]) -> int:
    """Delete messages in whose place newer ones stand, then what deletes if it was sent before
    `older_than`; returns how many. In this order, so that no older message comes to stand again."""
    forgotten = 0
    for source, bucket in sorted(lake.count_by(MESSAGES.name, ["source", "bucket"])):
        rows = lake.read(MESSAGES.name, Scope(source, [bucket]), _FACTS)
        stand = newest(rows)
        is_old = pc.fill_null(pc.less(stand["mtime"], older_than), False)
        deleting = stand.filter(pc.and_(pc.equal(stand["kind"], DELETE), is_old))
        kept = pc.is_in(rows["message_id"], value_set=_names(stand))
        for gone in (rows.filter(pc.invert(kept)), deleting):
            names = strings(gone["message_id"])
            for start in range(0, len(names), _AT_ONCE):
                where = {"message_id": names[start : start + _AT_ONCE]}
                forgotten += lake.delete(MESSAGES.name, Scope(source, [bucket], where))
    return forgotten
