"""Columns get names that no SQL reserves, and elements get boxes as chunks have them.

In older lakes `elements` has `order`, and `bbox`, four numbers without the page; `measurements`
and `retrieval_report` have `at`, the latter `generated` too. Each table is made anew from its own
rows: nothing is extracted or asked again.
"""

from __future__ import annotations

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.upgrades.rewriting import rewrite, stored_columns
from doclake.tables.columns import BOX

_NAMES = {
    "elements": {"order": "ordinal"},
    "measurements": {"at": "ended_at"},
    "retrieval_report": {"at": "asked_at", "generated": "is_generated"},
}


def run(lake: Lake) -> None:
    for name, names in _NAMES.items():
        if names.keys() & stored_columns(lake, name):
            rewrite(lake, name, partial(_changed, names))


def _changed(names: dict[str, str], rows: pa.Table) -> pa.Table:
    renamed = rows.rename_columns([names.get(name, name) for name in rows.column_names])
    return _with_boxes(renamed) if "bbox" in rows.column_names else renamed


def _with_boxes(rows: pa.Table) -> pa.Table:
    page, bbox = rows["page"].combine_chunks(), rows["bbox"].combine_chunks()
    edges = [pc.list_element(bbox, place) for place in range(4)]
    unknown = pc.or_(pc.is_null(page), pc.is_null(bbox))
    boxes = pa.StructArray.from_arrays([page, *edges], fields=list(BOX), mask=unknown)
    return rows.append_column("box", boxes)
