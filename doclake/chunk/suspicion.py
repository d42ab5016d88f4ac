"""Whether chunks give orders to a language model."""

from __future__ import annotations

from collections.abc import Iterator, Set

import pyarrow as pa
import pyarrow.compute as pc

from doclake.injection.passage import HIDDEN, judge_passage
from doclake.settings import InjectionSettings
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.columns import SuspicionRow
from doclake.tables.elements import MACHINE_TEXT
from doclake.tables.rows import strings, with_column

_JUDGED = ["text", "section", "path", "element_ids", "suspicion"]


def with_suspicion(chunks: pa.Table, elements: pa.Table | None = None) -> pa.Table:
    """The chunks with what is to be said of them. Without the `elements` that they are made of,
    those are hidden that were known to be."""
    unseen = set[str]()
    if elements is not None:
        hidden = pc.and_kleene(
            pc.is_valid(elements["hidden"]), pc.not_equal(elements["hidden"], MACHINE_TEXT)
        )
        unseen.update(strings(elements.filter(pc.fill_null(hidden, False))["element_id"]))
    rows = CHUNKS.rows(chunks.select(_JUDGED))
    return with_column(chunks, "suspicion", list(_judged(rows, unseen)))


def _judged(rows: list[ChunkRow], unseen: Set[str]) -> Iterator[SuspicionRow | None]:
    for row in rows:
        before = row["suspicion"]
        is_hidden = not unseen.isdisjoint(row["element_ids"] or ()) or (
            before is not None and HIDDEN in before["reasons"]
        )
        found = judge_passage(row["text"], row["section"] or (), row["path"], is_hidden=is_hidden)
        reasons = list(found.reasons)
        yield SuspicionRow(score=found.score, reasons=reasons) if reasons else None


def parted(
    chunks: pa.Table, elements: pa.Table, injection: InjectionSettings
) -> tuple[pa.Table, pa.Table]:
    """The chunks of a document that stay, judged unless nobody is to look, and those that the
    policy leaves out."""
    if injection.action == "off":
        return chunks, chunks.slice(0, 0)
    judged = with_suspicion(chunks, elements)
    if injection.action != "drop":
        return judged, judged.slice(0, 0)
    score = pc.fill_null(pc.struct_field(judged["suspicion"], "score"), 0.0)
    suspicious = pc.greater(score, injection.threshold)
    return judged.filter(pc.invert(suspicious)), judged.filter(suspicious)


def element_ids(chunks: pa.Table) -> set[str]:
    """Of the elements that these chunks are made of."""
    return {key for keys in chunks["element_ids"].to_pylist() for key in keys or ()}
