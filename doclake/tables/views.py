"""Joins over the tables that people need again and again, in the SQL of DuckDB."""

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
        "A passage of a document as it was last read, unless curation drops it, with its first "
        "page and the model of its vector",
        ("chunks", "ledger"),
        """\
SELECT c.*, c.pages[1] AS page, l.model
FROM chunks c JOIN ledger l USING (source, bucket, doc_id)
WHERE l.status = 'ok' AND c.content_hash = l.content_hash AND c.dropped_by IS NULL""",
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
        "current_chunks_in_full",
        "A passage with its vector, its listed document, and what each step of curation says of "
        "it, by the name of the step",
        ("current_chunks_with_vectors", "documents", "signals"),
        """\
SELECT c.*, d.size AS document_size, d.mtime AS document_mtime, s.signals
FROM current_chunks_with_vectors c
JOIN documents d ON d.source = c.source AND d.bucket = c.bucket AND d.doc_id = c.root_id
LEFT JOIN (
    SELECT source, bucket, chunk_id, map_from_entries(
        list((step, struct_pack(score := score, flags := flags)) ORDER BY step)) AS signals
    FROM signals GROUP BY source, bucket, chunk_id
) s ON s.source = c.source AND s.bucket = c.bucket AND s.chunk_id = c.chunk_id""",
    ),
    View(
        "current_elements",
        "A block of a document as it was last read, with path, title and access list",
        ("elements", "ledger", "documents"),
        """\
SELECT e.*, l.path, l.title, d.access, d.denied
FROM elements e
JOIN ledger l USING (source, bucket, doc_id)
JOIN documents d ON d.source = e.source AND d.bucket = e.bucket AND d.doc_id = e.root_id
WHERE l.status = 'ok' AND e.content_hash = l.content_hash""",
    ),
    View(
        "current_metadata",
        "What a document says of itself, with its path and access list",
        ("metadata", "ledger", "documents"),
        """\
SELECT m.*, l.path, d.access, d.denied
FROM metadata m
JOIN ledger l USING (source, bucket, doc_id)
JOIN documents d ON d.source = m.source AND d.bucket = m.bucket AND d.doc_id = m.root_id
WHERE l.status = 'ok' AND m.content_hash = l.content_hash""",
    ),
    View(
        "generated_pairs",
        "A question that the chat server wrote and its answer, beside each passage with that text",
        ("current_chunks", "generated_questions"),
        """\
SELECT q.question, q.answer, q.rank, q.found_by, q.model_name AS writer, c.*
FROM generated_questions q JOIN current_chunks c USING (source, bucket, text_hash)
WHERE q.question IS NOT NULL AND q.unused IS NULL""",
    ),
    View(
        "open_failures",
        "A document that failed, why, and what to do about it",
        ("ledger", "documents"),
        """\
SELECT l.source, l.path, l.stage, l.error, l.message, l.mend, l.retryable, l.attempts,
    l.updated_at, d.access, d.denied
FROM ledger l
LEFT JOIN documents d ON d.source = l.source AND d.bucket = l.bucket AND d.doc_id = l.root_id
WHERE l.status = 'failed'""",
    ),
)
