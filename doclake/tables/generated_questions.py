"""generated_questions: what the chat server asks of passages, so that it is asked once for each."""

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
        field("model_name", pa.string(), "Name of the model, for people", nullable=False),
        field("created_at", TIMESTAMP, "When it was written"),
    ]
)


class GeneratedQuestion(TypedDict):
    """A question about a text, or that there is none."""

    source: str
    bucket: str
    text_hash: str
    question: str | None
    model_name: str
    created_at: datetime | None


GENERATED_QUESTIONS = Table(
    "generated_questions",
    "What the chat server asks of a text, or that it asks nothing",
    _SCHEMA,
    GeneratedQuestion,
    key=("text_hash",),
    found_by="text_hash",
    owner=Owner("chunks", "text_hash"),
)
