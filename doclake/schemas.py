"""Every Arrow schema that crosses a module border, in one place.

Each field carries a description: Dagster shows it as the column's description and the reference
documentation is generated from it. Delta tables are partitioned by (`source`, `bucket`).
"""

from __future__ import annotations

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")
BOX = pa.struct(
    [
        pa.field("page", pa.int32()),
        pa.field("x0", pa.float32()),
        pa.field("y0", pa.float32()),
        pa.field("x1", pa.float32()),
        pa.field("y1", pa.float32()),
    ]
)


def _field(name: str, kind: pa.DataType, about: str, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"comment": about})


_SOURCE = _field("source", pa.string(), "Name of the source in doclake.yaml", nullable=False)
_BUCKET = _field("bucket", pa.string(), "Partition: hash of the root document", nullable=False)
_ROOT_ID = _field("root_id", pa.string(), "The listed document this one came in", nullable=False)
_DOC_ID = _field("doc_id", pa.string(), "hash(source, path): stable across edits", nullable=False)
_PATH = _field("path", pa.string(), "Path in the source; `!/` enters a container", nullable=False)
_CONTENT = _field("content_hash", pa.string(), "SHA-256 of the bytes: the version", nullable=False)
_RECIPE = _field("recipe", pa.string(), "Fingerprint of the recipe of this row", nullable=False)

LISTING = pa.schema(
    [
        _field("path", pa.string(), "Path relative to the source", nullable=False),
        _field("size", pa.int64(), "Bytes", nullable=False),
        _field("mtime", TIMESTAMP, "Last change as the source tells it"),
        _field("etag", pa.string(), "The source's own version tag, if it has one"),
    ]
)

DOCUMENTS = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _DOC_ID,
        _PATH,
        _CONTENT,
        _field("signature", pa.string(), "Size, time and tag: bytes are read only if it changed"),
        _field("size", pa.int64(), "Bytes"),
        _field("mtime", TIMESTAMP, "Last change as the source tells it"),
        _field("access", pa.list_(pa.string()), "Principals who may read it"),
        _field("first_seen", TIMESTAMP, "When the document was first listed"),
        _field("updated_at", TIMESTAMP, "When this row last changed"),
        _field("deleted_at", TIMESTAMP, "Tombstone: gone from a complete listing"),
    ]
)

ELEMENTS = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _ROOT_ID,
        _DOC_ID,
        _CONTENT,
        _RECIPE,
        _field("element_id", pa.string(), "From content and place", nullable=False),
        _field("order", pa.int32(), "Reading order in the document, from 0", nullable=False),
        _field("type", pa.string(), "Title, NarrativeText, ListItem, Table ...", nullable=False),
        _field("text", pa.string(), "Plain text, NFC", nullable=False),
        _field("html", pa.string(), "Tables: HTML with row and column spans"),
        _field("page", pa.int32(), "Page, slide or sheet, from 1; null if the format has none"),
        _field("bbox", pa.list_(pa.float32()), "x0, y0, x1, y1 in points from the top left"),
        _field("parent_id", pa.string(), "Element that contains or heads this one"),
        _field("section", pa.list_(pa.string()), "Headings above, outermost first"),
        _field("level", pa.int32(), "Titles: heading depth from 1; list items: nesting from 1"),
        _field("language", pa.string(), "ISO 639-1 code of the text; null if undecided"),
        _field("method", pa.string(), "What found it: pymupdf, unstructured, tesseract ..."),
        _field("confidence", pa.float32(), "0 to 1; null where the method gives none"),
        _field("hidden", pa.string(), "Why a reader does not see it; null for visible text"),
        _field("links", pa.list_(pa.string()), "Targets of the links in the text"),
    ]
)

CHUNKS = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _ROOT_ID,
        _DOC_ID,
        _PATH,
        _CONTENT,
        _RECIPE,
        _field("chunk_id", pa.string(), "From content and place", nullable=False),
        _field("ordinal", pa.int32(), "Order in the document, from 0", nullable=False),
        _field("title", pa.string(), "Title of the document"),
        _field("section", pa.list_(pa.string()), "Headings above, outermost first"),
        _field("text", pa.string(), "What a search shows", nullable=False),
        _field("context", pa.string(), "Headings embedded in front of the text", nullable=False),
        _field("text_hash", pa.string(), "Key of the embedding", nullable=False),
        _field("tokens", pa.int32(), "Tokens of prompt, context and text", nullable=False),
        _field("language", pa.string(), "ISO 639-1 code"),
        _field("pages", pa.list_(pa.int32()), "Pages it stands on"),
        _field("boxes", pa.list_(BOX), "Boxes on those pages, in points from the top left"),
        _field("element_ids", pa.list_(pa.string()), "Elements it was made from"),
        _field("access", pa.list_(pa.string()), "Principals who may read it"),
        _field("row_hash", pa.string(), "Digest of all that the index holds", nullable=False),
    ]
)

EMBEDDINGS = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _field("text_hash", pa.string(), "Hash of the embedded text", nullable=False),
        _field("model", pa.string(), "Fingerprint of model, revision and prompt", nullable=False),
        _field("model_name", pa.string(), "Name of the model, for people", nullable=False),
        _field("vector", pa.list_(pa.float32()), "Unit vector", nullable=False),
        _field("created_at", TIMESTAMP, "When it was computed"),
    ]
)

LEDGER = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _ROOT_ID,
        _DOC_ID,
        _field("parent_id", pa.string(), "The document this one was found in; null if listed"),
        _PATH,
        _CONTENT,
        _field("media_type", pa.string(), "Told from the content, not from the name"),
        _field("title", pa.string(), "Title of the document"),
        _field("status", pa.string(), "ok, failed or deleted", nullable=False),
        _field("stage", pa.string(), "Stage of the error; else the last stage done"),
        _field("error", pa.string(), "Stable error code"),
        _field("message", pa.string(), "The error in words"),
        _field("mend", pa.string(), "What to do about it"),
        _field("retryable", pa.bool_(), "The same bytes may succeed another time"),
        _field("attempts", pa.int32(), "Failed attempts at this version and recipe"),
        _field("pages", pa.int32(), "Pages in the document"),
        _field("pages_with_text", pa.int32(), "Pages that hold text"),
        _field("pages_with_elements", pa.int32(), "Pages that gave elements"),
        _field("elements", pa.int32(), "Elements found"),
        _field("excluded", pa.int32(), "Elements kept out of chunks, each for a reason"),
        _field("chunks", pa.int32(), "Chunks written"),
        _field("quarantined", pa.int32(), "Chunks the contract refused"),
        _field("vectors", pa.int32(), "Chunks that have a vector"),
        _field("indexed", pa.int32(), "Chunks in the search index"),
        _field("extract_recipe", pa.string(), "Fingerprint of the extraction"),
        _field("chunk_recipe", pa.string(), "Fingerprint of the chunking"),
        _field("model", pa.string(), "Fingerprint of the embedding model"),
        _field("access_hash", pa.string(), "Digest of path and access written in the chunks"),
        _field("seconds", pa.float32(), "Time the extraction took"),
        _field("run_id", pa.string(), "Dagster run that last wrote this row"),
        _field("updated_at", TIMESTAMP, "When this row last changed"),
    ]
)

QUARANTINE = pa.schema(
    [
        _SOURCE,
        _BUCKET,
        _ROOT_ID,
        _DOC_ID,
        _CONTENT,
        _RECIPE,
        _field("stage", pa.string(), "Stage whose contract refused the row", nullable=False),
        _field("key", pa.string(), "Id of the refused row", nullable=False),
        _field("rule", pa.string(), "Name of the rule", nullable=False),
        _field("evidence", pa.string(), "Lengths and counts, never the text itself"),
        _field("element_ids", pa.list_(pa.string()), "Elements the refused row was made from"),
        _field("attempts", pa.int32(), "How often it was refused"),
        _field("refused_at", TIMESTAMP, "Last refusal"),
    ]
)

INCIDENTS = pa.schema(
    [
        _SOURCE,
        _field("incident_id", pa.string(), "Hash of source, cause and time", nullable=False),
        _field("cause", pa.string(), "What failed: run, or check:asset:name", nullable=False),
        _field("owner", pa.string(), "Who is told", nullable=False),
        _field("severity", pa.string(), "error or critical", nullable=False),
        _field("message", pa.string(), "What happened and what to do"),
        _field("run_id", pa.string(), "Dagster run that failed"),
        _field("failed_at", TIMESTAMP, "When it failed"),
        _field("opened_at", TIMESTAMP, "When it was noticed", nullable=False),
        _field("acknowledged_at", TIMESTAMP, "When a person took it"),
        _field("resolved_at", TIMESTAMP, "When the next good run closed it"),
        _field("resolved_by", pa.string(), "Dagster run that closed it"),
        _field("seconds_to_detect", pa.float64(), "From failure to opening"),
        _field("seconds_to_resolve", pa.float64(), "From opening to closing"),
        _field("opening_told_at", TIMESTAMP, "When the webhook took the news of its opening"),
        _field("closing_told_at", TIMESTAMP, "When the webhook took the news of its closing"),
    ]
)

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "elements": ELEMENTS,
    "chunks": CHUNKS,
    "embeddings": EMBEDDINGS,
    "ledger": LEDGER,
    "quarantine": QUARANTINE,
    "incidents": INCIDENTS,
}


def partition_columns(table: str) -> list[str]:
    """`source` and `bucket`, where the table has buckets."""
    return [name for name in ("source", "bucket") if name in TABLES[table].names]


def search_index(dimension: int) -> pa.Schema:
    """Schema of the LanceDB table for vectors of `dimension` floats.

    `chunk_id` is declared as Lance's unenforced primary key: without it two merges of the same
    new key duplicate silently. `access_keys` are digests of the principals in `access`: the
    access filter is built from hex digits only, so no principal's name can ever be read as SQL.
    """
    key = pa.field(
        "chunk_id",
        pa.string(),
        nullable=False,
        metadata={"lance-schema:unenforced-primary-key": "true"},
    )
    copied = ("row_hash", "source", "bucket", "doc_id", "root_id", "path", "title", "section")
    shown = ("pages", "boxes", "language", "access", "text", "context")
    return pa.schema(
        [
            key,
            *(CHUNKS.field(name) for name in copied + shown),
            pa.field("access_keys", pa.list_(pa.string())),
            pa.field("vector", pa.list_(pa.float32(), dimension), nullable=False),
        ]
    )
