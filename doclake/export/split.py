"""Sets rows apart for validation so that none of them is nearly one of the training rows.

The hash of seed and listed document says on which side all of its rows are, so more documents
later move none. Then a validation row that is nearly a training row, by MinHash signatures as in
curation, is left out: else the notice at the foot of every mail would tie all mails together, and
all of them would have to be on one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from doclake.curate.duplicates import signatures
from doclake.curate.duplicates.clusters import Clusters, Texts
from doclake.errors import ExportRefused
from doclake.export.mixture import CHOSEN
from doclake.export.selection import TRAIN, VALIDATION
from doclake.settings import ExportSettings
from doclake.sql.engine import Engine
from doclake.tables.columns import field
from doclake.tables.rows import strings

SIGNED = "signed"
_SCHEMA = pa.schema(
    [
        field("id", pa.string(), "Of the row"),
        field("text_key", pa.uint64(), "Digest of the text without case, width and blanks"),
        field("minhash", pa.binary(), "Signature; null for a short text"),
    ]
)


def sign(engine: Engine, ids: Sequence[str], texts: Sequence[str]) -> None:
    """Note what these rows are compared by."""
    normal = [signatures.normalised(text) for text in texts]
    keys = pa.array(map(signatures.key, normal), pa.uint64())
    signed = pa.array(signatures.signatures(normal), pa.binary())
    rows = pa.table([pa.array(ids, pa.string()), keys, signed], schema=_SCHEMA)
    engine.load(SIGNED, _SCHEMA, [rows])


def part(engine: Engine, request: ExportSettings) -> dict[str, int]:
    """Leave out of `CHOSEN` the validation rows that are nearly training rows; how many there were
    of each source. Raises `ExportRefused` if one side has no row."""
    if not request.validation:
        return {}
    held = pa.concat_tables(_chosen(engine, VALIDATION))
    clusters = Clusters(_texts(held), request.similarity)
    for batch in _chosen(engine, TRAIN):
        clusters.meet(_texts(batch))
    repeated = {"repeated": [held["id"][place].as_py() for place in clusters.met()]}
    those = f"FROM {CHOSEN} WHERE list_contains($repeated, id)"
    counted = dict(engine.rows(f"SELECT source, count(*) {those} GROUP BY source", repeated))
    engine.execute(f"DELETE {those}", repeated)
    sides = {side for (side,) in engine.rows(f"SELECT DISTINCT side FROM {CHOSEN}")}  # noqa: S608
    if len(sides) < 2:
        lacking = VALIDATION if VALIDATION not in sides else TRAIN
        raise ExportRefused(
            f"No row is left for {lacking}: there are too few documents, or all are alike.",
            mend="Ask for another share, another seed, or without validation.",
            problems=[("validation", str(request.validation), "a share that leaves rows on both")],
        )
    return counted


def _chosen(engine: Engine, side: str) -> Iterator[pa.Table]:
    sql = f"SELECT s.* FROM {SIGNED} s JOIN {CHOSEN} USING (id) WHERE side = $side ORDER BY id"  # noqa: S608
    for batch in engine.stream(sql, {"side": side}):
        yield pa.Table.from_batches([batch])


def _texts(rows: pa.Table) -> Texts:
    """Of one group, all arrived at once: whatever is alike is a duplicate here."""
    count = rows.num_rows
    return Texts(
        strings(rows["id"]),
        np.zeros(count, np.int64),
        np.zeros(count, np.uint64),
        rows["text_key"].to_numpy().astype(np.uint64),
        rows["minhash"].to_pylist(),
    )
