"""The spans of elements in the chunks that were made of them."""

from __future__ import annotations

import pyarrow as pa

from doclake.chunk.personal_data import with_spans
from doclake.tables.chunks import CHUNKS
from doclake.tables.elements import ELEMENTS

PHONE = "010-1234-5678"
SPAN = {"kind": "phone", "start": 5, "end": 5 + len(PHONE), "confidence": 0.5}


def _rows(table, *rows: dict[str, object]) -> pa.Table:
    schema = pa.schema([field.with_nullable(True) for field in table.schema])
    return pa.Table.from_pylist(list(rows), schema)


def _spans(*texts: str) -> list[list[str] | None]:
    element = {"element_id": "a", "text": f"call {PHONE}", "personal_data": [SPAN]}
    plain = {"element_id": "b", "text": "no one", "personal_data": None}
    chunks = _rows(CHUNKS, *({"text": text, "element_ids": ["a", "b"]} for text in texts))
    other = _rows(CHUNKS, {"text": PHONE, "element_ids": ["b"]})
    marked = with_spans(pa.concat_tables([chunks, other]), _rows(ELEMENTS, element, plain))
    assert marked["personal_data"].to_pylist()[-1] is None
    return [
        spans and [text[span["start"] : span["end"]] for span in spans]
        for text, spans in zip(texts, marked["personal_data"].to_pylist(), strict=False)
    ]


def test_a_value_is_noted_wherever_the_chunk_holds_it():
    assert _spans(f"Hong: {PHONE}, again {PHONE}", "no one") == [[PHONE, PHONE], None]


def test_a_value_that_was_cut_apart_is_noted_at_each_chunk_of_its_element():
    assert _spans("call 010-1234", "-5678 no one") == [["call 010-1234"], ["-5678 no one"]]
