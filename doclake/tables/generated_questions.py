"""generated_questions: what the chat server asks of passages, so that it is asked once for each.

They stand apart from what people wrote: whoever wants both says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, SOURCE, TIMESTAMP, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        field("text_hash", pa.string(), "Hash of the text that it asks about", nullable=False),
        field("question", pa.string(), "Null: the server wrote none that can be used"),
        field("answer", pa.string(), "Null: the server wrote none that the text holds"),
        field("unused", pa.string(), "Why it is not used: repeated, not_found; null: it is used"),
        field("rank", pa.int32(), "Place at which search found the text by it; null: it did not"),
        field("found_by", pa.string(), "Fingerprint of the embedding model of that search"),
        field("server_tokens", pa.int64(), "What the server took, with the text"),
        field("recipe", pa.string(), "Fingerprint of what the server was told, and its model"),
        field("run_id", pa.string(), "Dagster run that asked for it"),
        field("model_name", pa.string(), "Name of the server's model, for people", nullable=False),
        field("created_at", TIMESTAMP, "When it was written"),
    ]
)


class GeneratedQuestion(TypedDict):
    """A question about a text, or that there is none."""

    source: str
    bucket: str
    text_hash: str
    question: str | None
    answer: str | None
    unused: str | None
    rank: int | None
    found_by: str | None
    server_tokens: int | None
    recipe: str | None
    run_id: str | None
    model_name: str
    created_at: datetime | None


REPEATED, NOT_FOUND = "repeated", "not_found"
"""Why a question is left out."""

GENERATED_QUESTIONS = Table(
    "generated_questions",
    "What the chat server asks of a text and answers, or that it asks nothing",
    _SCHEMA,
    GeneratedQuestion,
    key=("text_hash",),
    found_by="text_hash",
    owner=Owner("chunks", "text_hash"),
)
