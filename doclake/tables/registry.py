"""The tables of the lake, by name."""

from __future__ import annotations

from typing import Any

from doclake.tables.audit import AUDIT
from doclake.tables.chunks import CHUNKS
from doclake.tables.crawled_pages import CRAWLED_PAGES
from doclake.tables.decisions import DECISIONS
from doclake.tables.documents import DOCUMENTS
from doclake.tables.drift import DRIFT
from doclake.tables.edge_lines import EDGE_LINES
from doclake.tables.elements import ELEMENTS
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.erased import ERASED
from doclake.tables.erasures import ERASURES
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from doclake.tables.incidents import INCIDENTS
from doclake.tables.ledger import LEDGER
from doclake.tables.measurements import MEASUREMENTS
from doclake.tables.memories import MEMORIES
from doclake.tables.memory_events import MEMORY_EVENTS
from doclake.tables.messages import MESSAGES
from doclake.tables.metadata import METADATA
from doclake.tables.minhashes import MINHASHES
from doclake.tables.quality import QUALITY
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.retrieval_report import RETRIEVAL_REPORT
from doclake.tables.runs import RUNS
from doclake.tables.semantic_clusters import SEMANTIC_CLUSTERS
from doclake.tables.signals import SIGNALS
from doclake.tables.table import Table
from doclake.tables.upgrades import UPGRADES

TABLES: dict[str, Table[Any]] = {
    table.name: table
    for table in (
        DOCUMENTS,
        ELEMENTS,
        METADATA,
        CHUNKS,
        SIGNALS,
        MINHASHES,
        EDGE_LINES,
        EMBEDDINGS,
        SEMANTIC_CLUSTERS,
        GENERATED_QUESTIONS,
        LEDGER,
        QUARANTINE,
        DECISIONS,
        AUDIT,
        INCIDENTS,
        RETRIEVAL_REPORT,
        QUALITY,
        DRIFT,
        MEASUREMENTS,
        RUNS,
        ERASED,
        ERASURES,
        CRAWLED_PAGES,
        MESSAGES,
        MEMORIES,
        MEMORY_EVENTS,
        UPGRADES,
    )
}

OF_DOCUMENTS = {
    table.name: "root_id" if "root_id" in table.schema.names else "doc_id"
    for table in TABLES.values()
    if {"root_id", "doc_id"} & set(table.schema.names) and not table.outlives
}
"""The tables that hold rows of documents, with the column that names the listed one."""
