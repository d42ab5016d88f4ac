"""retrieval_report: how well questions whose answers are known were answered."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("report_id", pa.string(), "Hash of source and time", nullable=False),
        field("language", pa.string(), "Of the questions; null: all of them"),
        field("measure", pa.string(), "recall_at_k, mrr_at_10, ndcg_at_10", nullable=False),
        field("mean", pa.float64(), "Mean over the questions", nullable=False),
        field("low", pa.float64(), "95 % of bootstrap samples lie above it", nullable=False),
        field("high", pa.float64(), "95 % of bootstrap samples lie below it", nullable=False),
        field("n", pa.int64(), "Number of questions", nullable=False),
        field("is_generated", pa.bool_(), "Made of the source's own text", nullable=False),
        field("accepted", pa.bool_(), "No worse than the last accepted one", nullable=False),
        field("verdict", pa.string(), "Beside the last accepted one, in words"),
        field("model", pa.string(), "Fingerprint of the model that answered", nullable=False),
        field("model_name", pa.string(), "Name of the model, for people", nullable=False),
        field("recipe", pa.string(), "Fingerprint of the search settings", nullable=False),
        field("is_trial", pa.bool_(), "Of a tuned model that searches did not use then"),
        field("run_id", pa.string(), "Dagster run that asked"),
        field("asked_at", TIMESTAMP, "When it was asked", nullable=False),
        field("questions", pa.list_(pa.string()), "Ids of the questions", nullable=False),
        field("gains", pa.list_(pa.float64()), "Value of each of them", nullable=False),
    ]
)


class ReportRow(TypedDict):
    """A measure over all questions to a source, or over those in one language."""

    source: str
    report_id: str
    language: str | None
    measure: str
    mean: float
    low: float
    high: float
    n: int
    is_generated: bool
    accepted: bool
    verdict: str | None
    model: str
    model_name: str
    recipe: str
    is_trial: bool | None
    run_id: str | None
    asked_at: datetime
    questions: list[str]
    gains: list[float]


RETRIEVAL_REPORT = Table(
    "retrieval_report",
    "A measure over the questions to a source",
    _SCHEMA,
    ReportRow,
    key=("report_id", "language", "measure"),
    found_by="report_id",
    retention=Retention("asked_at", "reports"),
)
