"""semantic_clusters: which chunk says what another one has said, by their vectors."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, ROOT_ID, SOURCE, TIMESTAMP, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("chunk_id", pa.string(), "The chunk that it is about", nullable=False),
        field("fingerprint", pa.string(), "Of the model and the settings", nullable=False),
        field("arrived_at", TIMESTAMP, "When it was first compared", nullable=False),
        field("readers", pa.string(), "Digest of who may read it: compared with equal ones only"),
        field("text_hash", pa.string(), "Hash of its embedded text, by which its vector is found"),
        field("cluster_id", pa.string(), "The chunk that arrived first of its cluster"),
        field("similarity", pa.float32(), "Cosine to that chunk; null for itself"),
    ]
)


class SemanticClusterRow(TypedDict, total=False):
    """The cluster of a chunk, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    chunk_id: str
    fingerprint: str
    arrived_at: datetime
    readers: str | None
    text_hash: str | None
    cluster_id: str | None
    similarity: float | None


SEMANTIC_CLUSTERS = Table(
    "semantic_clusters",
    "A chunk, and the one that has said the same before, by their vectors",
    _SCHEMA,
    SemanticClusterRow,
    key=("chunk_id",),
    found_by="root_id",
    mend="doclake ingest --source {source} compares them again.",
    made_from="embeddings",
    owner=Owner("chunks", "chunk_id"),
    repeats=False,
)
