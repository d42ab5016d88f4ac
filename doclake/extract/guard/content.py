"""The elements that a worker left in `elements.arrow`, checked before anything else sees them.

Only plain record batches of the schema `CONTENT` are decoded: compressed buffers could unpack to
gigabytes. Then every value is checked, so that no worker can write what no reader gives.
"""

from __future__ import annotations

import re
import struct
from math import isfinite
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.compute as pc

from doclake.extract import element_rows
from doclake.extract.element_rows import CONTENT, PARENT
from doclake.extract.guard import left_files
from doclake.extract.guard.left_files import Forged
from doclake.extract.model import ElementType
from doclake.settings import Limits

_MIB = 1 << 20
_FRAME = 1 << 20  # bytes of the file beside the rows themselves
_BATCHES = 64
_AT_ONCE = 10_000  # rows held as Python values
_LIMITED = ("text", "html")
_TYPES = frozenset(get_args(ElementType))
_LONGEST = 200  # characters of a method and of a reason for hiding
_LANGUAGE = re.compile("[a-z]{2,3}")
_MESSAGE_HEADER, _BATCH_COMPRESSION = 2, 3  # fields of Arrow's tables `Message` and `RecordBatch`


def read(path: Path, limits: Limits) -> pa.Table:
    """The rows of one document, or of several that were sent together. Raises `Forged`, `OSError`
    or an error of Arrow for what no sound worker writes."""
    most = limits.output_mb * _MIB
    largest = element_rows.LARGEST * most
    table = _decoded(left_files.content(path, largest + _FRAME))
    table.validate()
    # In the file, columns may lie on the same bytes; a copy of the table would be far larger.
    if table.num_rows > most // element_rows.SMALLEST or table.nbytes > largest:
        raise Forged("it has too many elements, or too large ones")
    table.validate(full=True)
    if sum(pc.sum(pc.binary_length(table[name])).as_py() or 0 for name in _LIMITED) > most:
        raise Forged("it has too much text")
    return table


def check(content: pa.Table, pages: int | None) -> None:
    """Check the rows of one document of so many pages; raises `Forged`."""
    number = 0
    for batch in content.to_batches(max_chunksize=_AT_ONCE):
        for row in batch.to_pylist():
            fault = _odd_place(row, number, pages or 0) or _odd_number(row)
            if fault := fault or _odd_box(row) or _odd_text(row):
                raise Forged(fault)
            number += 1


def _decoded(data: bytes) -> pa.Table:
    # Arrow trusts what it reads as a schema, and crashes on some. Ours has one spelling.
    schema = CONTENT.serialize().to_pybytes()
    if not data.startswith(schema):
        raise Forged("its elements have another schema")
    rest = pa.py_buffer(data).slice(len(schema))
    batches = []
    for message in pa.ipc.MessageReader.open_stream(rest):
        batches.append(_batch(message))
        if len(batches) > _BATCHES:
            raise Forged("its elements come in too many pieces")
    return pa.Table.from_batches(batches, CONTENT)


def _batch(message: pa.Message) -> pa.RecordBatch:
    if message.type != "record batch":
        raise Forged("its elements are no plain rows")
    metadata = message.metadata.to_pybytes()
    (root,) = struct.unpack_from("<I", metadata)
    header = _field(metadata, root, _MESSAGE_HEADER)
    if header is None:
        raise Forged("its elements have no head")
    (offset,) = struct.unpack_from("<I", metadata, header)
    if _field(metadata, header + offset, _BATCH_COMPRESSION) is not None:
        raise Forged("its elements are compressed")
    return pa.ipc.read_record_batch(message, CONTENT)


def _field(data: bytes, table: int, number: int) -> int | None:
    """Where a field of a flatbuffer's table stands; None if the table lacks it. Arrow has verified
    the flatbuffer. https://flatbuffers.dev/internals"""
    (back,) = struct.unpack_from("<i", data, table)
    fields = table - back
    (size,) = struct.unpack_from("<H", data, fields)
    entry = 4 + 2 * number
    if entry >= size:
        return None
    (offset,) = struct.unpack_from("<H", data, fields + entry)
    return table + offset if offset else None


Row = dict[str, Any]


def _odd_place(row: Row, number: int, pages: int) -> str | None:
    page, parent = row["page"], row[PARENT]
    if page is not None and not 1 <= page <= pages:
        return "an element on a page that is not there"
    if parent is not None and not 0 <= parent < number:
        return "an element whose parent does not come before it"
    return None


def _odd_number(row: Row) -> str | None:
    level, confidence = row["level"], row["confidence"]
    if level is not None and level < 1:
        return "a level before the first"
    if confidence is not None and not 0 <= confidence <= 1:
        return "a confidence that is not between 0 and 1"
    return None


def _odd_box(row: Row) -> str | None:
    if row["box"] is None:
        return None
    page, *edges = row["box"].values()
    if page is None or page != row["page"]:
        return "a box on another page than its element"
    if not all(edge is not None and isfinite(edge) for edge in edges):
        return "a box that is not four numbers"
    return None


def _odd_text(row: Row) -> str | None:
    section, links = row["section"], row["links"]
    words = (row["method"], row["hidden"] or "")
    texts = (row["text"], row["html"] or "", *words)
    if None in texts or section is None or links is None or None in section or None in links:
        return "an element that lacks a value"
    if row["type"] not in _TYPES:
        return "an element of no known type"
    if not (row["text"] or row["html"] or row["type"] == "Image"):
        return "an element without content"
    if row["language"] is not None and not _LANGUAGE.fullmatch(row["language"]):
        return "a language without a code"
    if len(section) > element_rows.DEEPEST:
        return "a section that is too deep"
    if any(map(_LONGEST.__lt__, map(len, words))):
        return "a word without end"
    if any(len(heading) > element_rows.LONGEST_HEADING for heading in section):
        return "a heading without end"
    if any(element_rows.clean(text) != text for text in (*texts, *section, *links)):
        return "a text that cannot be stored"
    return None
