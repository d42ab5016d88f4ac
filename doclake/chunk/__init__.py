"""Chunking: from the elements of one document to the units that are embedded and found."""

from doclake.chunk.chunker import chunk_document
from doclake.chunk.exclusions import exclusions, included
from doclake.chunk.model import ChunkedDocument, DocumentFacts
from doclake.chunk.rows import row_hash

__all__ = [
    "ChunkedDocument",
    "DocumentFacts",
    "chunk_document",
    "exclusions",
    "included",
    "row_hash",
]
