"""embeddings: the vectors of the texts that each bucket needs."""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.columns import BUCKET, SOURCE, TIMESTAMP, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        field("text_hash", pa.string(), "Hash of the embedded text", nullable=False),
        field("model", pa.string(), "Fingerprint of model, revision and prompt", nullable=False),
        field("model_name", pa.string(), "Name of the model, for people", nullable=False),
        field("vector", pa.list_(pa.float32()), "Unit vector", nullable=False),
        field("created_at", TIMESTAMP, "When it was computed"),
    ]
)

EMBEDDINGS = Table(
    "embeddings",
    _SCHEMA,
    key=("text_hash", "model"),
    found_by="text_hash",
    mend="doclake maintain drops them, doclake ingest then embeds their texts again.",
    owner=Owner("chunks", "text_hash"),
    feed=True,
)
