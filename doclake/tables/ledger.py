"""ledger: what every stage made of each document."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import (
    BUCKET,
    CONTENT,
    DOC_ID,
    PATH,
    ROOT_ID,
    SOURCE,
    TIMESTAMP,
    WARNINGS,
    field,
)
from doclake.tables.table import Retention, Table

LEFT_OUT = pa.struct([pa.field("reason", pa.string()), pa.field("letters", pa.int64())])
_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("parent_id", pa.string(), "The document this one was found in; null if listed"),
        PATH,
        CONTENT,
        field("signature", pa.string(), "Listed documents: signature when the bytes were read"),
        field("media_type", pa.string(), "Kind of document, from its content, not its name"),
        field("title", pa.string(), "Title of the document"),
        field("status", pa.string(), "ok, failed or deleted", nullable=False),
        field("stage", pa.string(), "Stage of the error; else the last stage done"),
        field("error", pa.string(), "Stable error code"),
        field("message", pa.string(), "The error in words"),
        field("mend", pa.string(), "What to do about it"),
        field("retryable", pa.bool_(), "The same bytes may succeed another time"),
        field("attempts", pa.int32(), "Failed attempts at this version and recipe"),
        field("pages", pa.int32(), "Pages in the document"),
        field("pages_with_text", pa.int32(), "Pages that hold text"),
        field("pages_with_elements", pa.int32(), "Pages that gave elements"),
        field("letters", pa.int64(), "Letters and digits seen in the bytes; null if unknown"),
        field("elements", pa.int32(), "Elements found"),
        field(
            "element_letters", pa.int64(), "Letters and digits read, hidden or not, masked or not"
        ),
        field("excluded", pa.int32(), "Elements kept out of chunks, each for a reason"),
        field("left_out", pa.list_(LEFT_OUT), "Letters and digits kept out of chunks, by reason"),
        field("suspicious", pa.int32(), "Elements that `injection: drop` keeps out of chunks"),
        field("chunks", pa.int32(), "Chunks written"),
        field("chunk_letters", pa.int64(), "Letters and digits in chunks; overlaps count again"),
        field("quarantined", pa.int32(), "Chunks the contract refused"),
        field("signals", pa.int32(), "What steps of curation say of its chunks"),
        field("dropped", pa.int32(), "Chunks that curation keeps out of searches"),
        field("vectors", pa.int32(), "Chunks that have a vector"),
        field("indexed", pa.int32(), "Chunks in the search index"),
        field("extract_recipe", pa.string(), "Fingerprint of the extraction"),
        field("personal_recipe", pa.string(), "Kinds of personal data that were looked for"),
        field("personal_kinds", pa.list_(pa.string()), "Kinds found, and what was done: card:mask"),
        field("chunk_recipe", pa.string(), "Fingerprint of the chunking"),
        field("contract", pa.string(), "Fingerprint of the rules that judged it; null: as shipped"),
        field("curation", pa.string(), "Fingerprint of the steps that judged it; null: none"),
        field("model", pa.string(), "Fingerprint of the embedding model"),
        field("access_hash", pa.string(), "Digest of path and access written in the chunks"),
        field("seconds", pa.float32(), "Time the extraction took"),
        field("run_id", pa.string(), "Dagster run that last wrote this row"),
        field("updated_at", TIMESTAMP, "When this row last changed"),
        WARNINGS,
        field("refused_elements", pa.int32(), "Elements the contract refused, or people dropped"),
        field("refused_letters", pa.int64(), "Letters and digits in those"),
        field(
            "extraction_contract",
            pa.string(),
            "Fingerprint of the rules that judged document and elements; null: as shipped",
        ),
    ]
)


class LeftOut(TypedDict):
    """`LEFT_OUT` in Python: letters and digits in the elements that a rule keeps out of chunks."""

    reason: str
    letters: int


class LedgerRow(TypedDict, total=False):
    """A row of the ledger, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    parent_id: str | None
    path: str
    content_hash: str
    signature: str | None
    media_type: str | None
    title: str | None
    status: str
    stage: str | None
    error: str | None
    message: str | None
    mend: str | None
    retryable: bool | None
    attempts: int | None
    pages: int | None
    pages_with_text: int | None
    pages_with_elements: int | None
    letters: int | None
    elements: int | None
    element_letters: int | None
    excluded: int | None
    left_out: list[LeftOut] | None
    suspicious: int | None
    chunks: int | None
    chunk_letters: int | None
    quarantined: int | None
    signals: int | None
    dropped: int | None
    vectors: int | None
    indexed: int | None
    extract_recipe: str | None
    personal_recipe: str | None
    personal_kinds: list[str] | None
    chunk_recipe: str | None
    contract: str | None
    curation: str | None
    model: str | None
    access_hash: str | None
    seconds: float | None
    run_id: str | None
    updated_at: datetime | None
    warnings: list[str] | None
    refused_elements: int | None
    refused_letters: int | None
    extraction_contract: str | None


LEDGER = Table(
    "ledger",
    "What every stage made of a document, its status and error",
    _SCHEMA,
    LedgerRow,
    key=("doc_id",),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    retention=Retention("updated_at", "tombstones", {"status": ["deleted"]}),
)
