"""From which columns above each column of a table is made."""

from collections.abc import Mapping, Sequence

import dagster as dg

from doclake.tables.search_index import DIGESTED, PLACE

_BYTES = ("documents.path", "documents.signature")
"""What is read from a document: its bytes, under the signature that they were listed with."""
_TEXT = ("elements.text", "elements.html")
_JUDGED = (
    *("chunks.text", "chunks.language", "chunks.media_type", "chunks.title"),
    *("chunks.access", "chunks.denied"),
)
_EXTRACTED = (
    *("content_hash", "element_id", "ordinal", "type", "text", "html", "page", "box", "parent_id"),
    *("section", "level", "language", "method", "confidence", "hidden", "links"),
    *("personal_data", "warnings"),
)

MADE_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "documents": {
        **dict.fromkeys(("bucket", "doc_id", "path", "first_seen", "deleted_at"), ("files.path",)),
        "signature": ("files.size", "files.mtime", "files.etag"),
        "size": ("files.size",),
        "mtime": ("files.mtime",),
        **dict.fromkeys(("access", "own_access"), ("files.access",)),
        "denied": ("files.denied",),
    },
    "elements": {
        "source": ("documents.source",),
        "bucket": ("documents.bucket",),
        "root_id": ("documents.doc_id",),
        "doc_id": ("documents.doc_id", *_BYTES),
        **dict.fromkeys(_EXTRACTED, _BYTES),
    },
    "chunks": {
        **{
            name: (f"elements.{name}",)
            for name in ("source", "bucket", "root_id", "doc_id", "content_hash", "section")
        },
        "path": ("documents.path",),
        "chunk_id": ("elements.doc_id", *_TEXT),
        "ordinal": ("elements.ordinal",),
        "title": _BYTES,
        "text": _TEXT,
        "context": ("elements.section",),
        "text_hash": (*_TEXT, "elements.section"),
        "tokens": (*_TEXT, "elements.section"),
        "language": ("elements.language",),
        "media_type": _BYTES,
        "date": ("documents.mtime", *_BYTES),
        "pages": ("elements.page",),
        "boxes": ("elements.box",),
        "element_ids": ("elements.element_id",),
        "access": ("documents.access",),
        "denied": ("documents.denied",),
        "row_hash": (*_TEXT, "documents.access", "documents.denied", "documents.path"),
        "warnings": _TEXT,
        "personal_data": ("elements.personal_data", *_TEXT),
        "dropped_by": _TEXT,
        "suspicion": (*_TEXT, "elements.section", "elements.hidden", "documents.path"),
    },
    "signals": {
        **{
            name: (f"chunks.{name}",)
            for name in ("source", "bucket", "root_id", "doc_id", "chunk_id")
        },
        **dict.fromkeys(("score", "flags"), _JUDGED),
    },
    "embeddings": {
        "source": ("chunks.source",),
        "bucket": ("chunks.bucket",),
        "text_hash": ("chunks.text_hash",),
        "vector": ("chunks.context", "chunks.text"),
        "warnings": ("chunks.context", "chunks.text"),
        "signs": ("chunks.context", "chunks.text"),
    },
    "search_index": {
        **{name: (f"chunks.{name}",) for name in ("row_hash", *DIGESTED, *PLACE)},
        "access_keys": ("chunks.access", "chunks.denied"),
        "terms": ("chunks.path", "chunks.title", "chunks.section", "chunks.text"),
        "vector": ("embeddings.vector",),
        "signs": ("embeddings.signs",),
    },
    "quality": {
        "source": ("documents.source",),
        "documents": ("documents.path",),
        "documents_outdated": ("chunks.date",),
        "documents_copied": ("elements.content_hash",),
        "arrived": ("documents.first_seen",),
        "removed": ("documents.deleted_at",),
        **dict.fromkeys(("completeness", "documents_short"), ("documents.path", "chunks.text")),
        "chunks_in_all": ("chunks.chunk_id",),
        "tokens_in_all": ("chunks.tokens",),
        "languages": ("chunks.language",),
        "ocr_confidence": ("elements.confidence", "elements.method"),
    },
    "drift": {
        "source": ("documents.source",),
        "arrivals": ("documents.first_seen",),
        **dict.fromkeys(
            ("distance", "p_value", "drifted", "moved_by"),
            ("elements.text", "chunks.language", "chunks.media_type", "embeddings.vector"),
        ),
        **dict.fromkeys(
            ("kinds", "reference_kinds"), ("elements.text", "chunks.language", "chunks.media_type")
        ),
        "reference_ids": ("documents.doc_id",),
    },
    "retrieval_report": {
        "source": ("search_index.source",),
        **dict.fromkeys(
            ("mean", "low", "high", "gains"),
            ("search_index.vector", "search_index.terms", "search_index.signs"),
        ),
    },
}
"""By table and column: `table.column` above. What is not here comes from the settings, the clock or
the run."""


def column_lineage(table: str, sources: Sequence[str]) -> dg.TableColumnLineage:
    """Of a table that is made of the tables of these sources."""
    return dg.TableColumnLineage(
        {
            column: [dep for name in above for dep in _deps(name, sources)]
            for column, above in MADE_OF[table].items()
        }
    )


def _deps(name: str, sources: Sequence[str]) -> list[dg.TableColumnDep]:
    table, column = name.split(".")
    keys: Mapping[str, list[dg.AssetKey]] = {"search_index": [dg.AssetKey("search_index")]}
    of_sources = [dg.AssetKey([source, table]) for source in sources]
    return [dg.TableColumnDep(key, column) for key in keys.get(table, of_sources)]
