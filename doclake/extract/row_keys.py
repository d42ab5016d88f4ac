"""The key columns of a document's rows, stamped by the parent.

A document may have taken over its parser. The parser hands over content and places within it, so it
can speak only for its own document.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.extract.document import Identity
from doclake.extract.element_rows import LATER, PARENT
from doclake.tables.elements import ELEMENTS
from doclake.tables.rows import with_column


def stamped(content: pa.Table, identity: Identity, recipe: str) -> pa.Table:
    """Rows of `ELEMENTS` from rows of `element_rows.CONTENT`, in reading order. Raises
    `ArrowIndexError` if a parent is not one of these rows."""
    count = content.num_rows
    content = content.combine_chunks()
    keys = pa.array(_element_ids(content, identity.doc_id), pa.string())
    same = {
        "source": identity.source,
        "bucket": identity.bucket,
        "root_id": identity.root_id,
        "doc_id": identity.doc_id,
        "content_hash": identity.content_hash,
        "recipe": recipe,
    }
    columns: dict[str, Any] = {
        name: pa.repeat(pa.scalar(value, pa.string()), count) for name, value in same.items()
    }
    columns["element_id"] = keys
    columns["ordinal"] = pa.array(range(count), pa.int32())
    columns["parent_id"] = pc.take(keys, content.column(PARENT))
    for name in LATER:
        columns[name] = pa.nulls(count, ELEMENTS.schema.field(name).type)
    for name in content.column_names:
        columns.setdefault(name, content.column(name))
    schema = ELEMENTS.schema
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def rekeyed(elements: pa.Table) -> pa.Table:
    """Rows of one document whose texts have been changed, with keys that hold nothing of before."""
    before, doc_id = elements["element_id"].combine_chunks(), elements["doc_id"][0].as_py()
    keys = _element_ids(elements, doc_id)
    parents = pc.take(pa.array(keys), pc.index_in(elements["parent_id"], value_set=before))
    elements = with_column(elements, "element_id", keys)
    return with_column(elements, "parent_id", parents.to_pylist())


def _element_ids(content: pa.Table, doc_id: str) -> list[str]:
    seen: Counter[tuple[int | None, str, str]] = Counter()
    keys = []
    names = ("page", "type", "text", "html")
    for page, kind, text, html in zip(
        *(content.column(name).to_pylist() for name in names), strict=True
    ):
        same = (page, kind, text or html or "")
        keys.append(ids.element_id(doc_id, *same, seen[same]))
        seen[same] += 1
    return keys
