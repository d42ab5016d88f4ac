"""embeddings: the vectors of the texts that each bucket needs."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, SOURCE, TIMESTAMP, WARNINGS, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        field("text_hash", pa.string(), "Hash of the embedded text", nullable=False),
        field("model", pa.string(), "Fingerprint of model, revision and prompt", nullable=False),
        field("model_name", pa.string(), "Name of the model, for people", nullable=False),
        field("vector", pa.list_(pa.float32()), "Unit vector", nullable=False),
        field("signs", pa.binary(), "Signs of its token vectors, for late interaction"),
        field("created_at", TIMESTAMP, "When it was computed"),
        WARNINGS,
    ]
)


class EmbeddingRow(TypedDict):
    """A vector of a text."""

    source: str
    bucket: str
    text_hash: str
    model: str
    model_name: str
    vector: list[float]
    signs: bytes | None
    created_at: datetime | None
    warnings: list[str] | None


EMBEDDINGS = Table(
    "embeddings",
    "The vector of a text that a bucket needs, by one model",
    _SCHEMA,
    EmbeddingRow,
    key=("text_hash", "model"),
    found_by="text_hash",
    mend="doclake maintain drops them, doclake ingest then embeds their texts again.",
    made_from="chunks",
    owner=Owner("chunks", "text_hash"),
    feed=True,
    repeats=False,
)
