"""Where the personal data of the elements of a document stands in its chunks."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.columns import PersonalSpan
from doclake.tables.elements import ELEMENTS
from doclake.tables.rows import with_column

_Value = tuple[str, str, float]
"""Kind, what stands in the element, confidence."""


def with_spans(chunks: pa.Table, elements: pa.Table) -> pa.Table:
    """The chunks with the spans of their elements. A value that no chunk of its element holds in
    one piece, such as one that was cut apart, is noted at each of them from end to end."""
    holding = elements.filter(pc.is_valid(elements["personal_data"]))
    if not len(holding):
        return chunks
    values = {
        row["element_id"]: list(
            dict.fromkeys(
                (span["kind"], row["text"][span["start"] : span["end"]], span["confidence"])
                for span in row["personal_data"] or ()
            )
        )
        for row in ELEMENTS.rows(holding.select(["element_id", "text", "personal_data"]))
    }
    rows = CHUNKS.rows(chunks.select(["text", "element_ids"]))
    whole = {
        (key, value)
        for row in rows
        for key in row["element_ids"] or ()
        for value in values.get(key, ())
        if value[1] and value[1] in row["text"]
    }
    spans = [list(_spans(row, values, whole)) or None for row in rows]
    return with_column(chunks, "personal_data", spans)


def _spans(
    row: ChunkRow, values: dict[str, list[_Value]], whole: set[tuple[str, _Value]]
) -> Iterator[PersonalSpan]:
    found: dict[tuple[int, str], PersonalSpan] = {}
    for key in row["element_ids"] or ():
        for value in values.get(key, ()):
            kind, text, confidence = value
            places = [(at, at + len(text)) for at in _occurrences(text, row["text"])]
            if not places and text and (key, value) not in whole:
                places = [(0, len(row["text"]))]
            for start, end in places:
                found[start, kind] = PersonalSpan(
                    kind=kind, start=start, end=end, confidence=confidence
                )
    yield from (span for _, span in sorted(found.items()))


def _occurrences(value: str, text: str) -> Iterator[int]:
    start = text.find(value) if value else -1
    while start >= 0:
        yield start
        start = text.find(value, start + len(value))
