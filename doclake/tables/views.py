"""Joins over the tables that people need again and again, in SQL that DuckDB and Spark take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A query over tables and earlier views, which it calls by their names (`reads`)."""

    name: str
    about: str
    reads: tuple[str, ...]
    sql: str


VIEWS = (
    View(
        "current_chunks",
        "A passage of a document as it was last read, with its first page and the model of its "
        "vector",
        ("chunks", "ledger"),
        """\
SELECT c.*, c.pages[1] AS page, l.model
FROM chunks c JOIN ledger l USING (source, bucket, doc_id)
WHERE l.status = 'ok' AND c.content_hash = l.content_hash""",
    ),
    View(
        "current_chunks_with_vectors",
        "The same with its vector, once for each passage however many models `embeddings` knows",
        ("current_chunks", "embeddings"),
        """\
SELECT c.*, e.model_name, e.vector
FROM current_chunks c JOIN embeddings e USING (source, bucket, text_hash, model)""",
    ),
    View(
        "current_elements",
        "A block of a document as it was last read, with path and title",
        ("elements", "ledger"),
        """\
SELECT e.*, l.path, l.title
FROM elements e JOIN ledger l USING (source, bucket, doc_id)
WHERE l.status = 'ok' AND e.content_hash = l.content_hash""",
    ),
    View(
        "current_metadata",
        "What a document says of itself, with its path",
        ("metadata", "ledger"),
        """\
SELECT m.*, l.path
FROM metadata m JOIN ledger l USING (source, bucket, doc_id)
WHERE l.status = 'ok' AND m.content_hash = l.content_hash""",
    ),
    View(
        "open_failures",
        "A document that failed, why, and what to do about it",
        ("ledger",),
        """\
SELECT source, path, stage, error, message, mend, retryable, attempts, updated_at
FROM ledger
WHERE status = 'failed'""",
    ),
)
