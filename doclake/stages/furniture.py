"""furniture: counts the lines at the ends of documents over a source, as a part of `signals`.

The table `edge_lines` holds their digests, so a run reads the text of what it judges and, of all
else, 8 bytes a line. What was judged when other lines were furniture is judged again: in the run
that counts them if it is in its buckets, else in the next one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import pyarrow as pa

from doclake.curate import furniture
from doclake.curate.furniture import Lines
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext, batched
from doclake.tables.edge_lines import EDGE_LINES
from doclake.tables.rows import strings, with_column

_TABLE = EDGE_LINES.name
_OF_DOCUMENT = ("source", "bucket", "root_id", "doc_id")
_TREES = 1_000  # whose text is held at once


def counted(context: StageContext, places: Mapping[str, str]) -> np.ndarray:
    """The digests of the lines that are furniture, int64 [n], after noting those of the trees at
    these `places` (the bucket of each root_id)."""
    for batch in batched(sorted(places.items()), _TREES):
        _note(context, dict(batch))
    least = context.source_settings.recipe.curation.furniture.documents
    return furniture.repeated(lambda: _parts(context), least)


def said(context: StageContext, chunks: pa.Table, scope: Scope, known: np.ndarray) -> pa.Table:
    """What the step says of all chunks of the scope, in order, with a note of the lines by which it
    does."""
    lake = context.lake

    def judged(rows: pa.Table) -> pa.Table | None:
        now = furniture.furniture_of(_lines(rows), known).tolist()
        same = now == rows["furniture"].to_pylist()
        return None if same else with_column(rows, "furniture", now)

    if lake.count_by(_TABLE, ["source"], scope):
        lake.update(_TABLE, scope, judged)
    share = context.source_settings.recipe.curation.furniture.share
    return furniture.signals(chunks, known, share)


def outdated(context: StageContext, known: np.ndarray) -> dict[str, str]:
    """Trees in the buckets of the run that were judged by other lines: the bucket of each
    root_id."""
    rows = context.lake.read(_TABLE, context.scope, ["root_id", "bucket", "keys", "furniture"])
    now = furniture.furniture_of(_lines(rows), known)
    before = rows["furniture"].to_pylist()
    others = np.array([one != then for one, then in zip(now.tolist(), before, strict=True)], bool)
    rows = rows.filter(pa.array(others))
    return dict(zip(strings(rows["root_id"]), strings(rows["bucket"]), strict=True))


def forget(lake: Lake, scope: Scope) -> None:
    """Drop the rows of the scope where there are any: nothing is counted any more."""
    if lake.count_by(_TABLE, ["source"], scope):
        lake.delete(_TABLE, scope)


def _note(context: StageContext, places: Mapping[str, str]) -> None:
    """Bring the lines of some trees up to date; they count as not judged if they have changed."""
    lake = context.lake
    scope = Scope(context.source, sorted(set(places.values())), {"root_id": places})
    chunks = lake.read("chunks", scope, [*_OF_DOCUMENT, "ordinal", "text"])
    chunks = chunks.sort_by([("doc_id", "ascending"), ("ordinal", "ascending")])
    documents = {row["doc_id"]: row for row in chunks.select(_OF_DOCUMENT).to_pylist()}
    keys = furniture.edges(chunks)
    before = {row["doc_id"]: row for row in EDGE_LINES.rows(lake.read(_TABLE, scope))}
    if {doc_id: row["keys"] for doc_id, row in before.items()} != keys:
        rows = [{**documents[doc_id], "keys": keys[doc_id]} for doc_id in keys]
        lake.replace(_TABLE, scope, pa.Table.from_pylist(rows, schema=EDGE_LINES.schema))


def _parts(context: StageContext) -> Iterator[Lines]:
    """The lines of every document of the source, bucket by bucket."""
    lake, source = context.lake, context.source
    for (bucket,) in sorted(lake.count_by(_TABLE, ["bucket"], Scope(source))):
        yield _lines(lake.read(_TABLE, Scope(source, [bucket]), ["doc_id", "keys"]))


def _lines(rows: pa.Table) -> Lines:
    keys = cast("pa.ListArray[Any]", rows["keys"].combine_chunks())
    return Lines(keys.offsets.to_numpy() - keys.offsets[0].as_py(), keys.flatten().to_numpy())
