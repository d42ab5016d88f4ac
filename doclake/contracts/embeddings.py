"""The contract of the table `embeddings`. Vectors are measured in numpy; rules see the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts.model import Rule, Verdict
from doclake.contracts.quarantine import judge

_HEX_ID = "^[0-9a-f]{32}$"


def vector_rules(dimension: int) -> list[Rule]:
    """What must be true of every vector before it is written."""
    between, matches = "ExpectColumnValuesToBeBetween", "ExpectColumnValuesToMatchRegex"
    exactly = {"min_value": dimension, "max_value": dimension}
    return [
        Rule("embedding_is_unique", "ExpectColumnValuesToBeUnique", "identity"),
        Rule("text_hash_is_well_formed", matches, "text_hash", {"regex": _HEX_ID}),
        Rule("model_is_named", between, "model_length", {"min_value": 1}),
        Rule("dimension_is_the_models", between, "dimension", exactly),
        Rule("vector_is_finite", between, "not_finite", {"max_value": 0}),
        Rule("vector_is_a_unit", between, "norm", {"min_value": 0.99, "max_value": 1.01}),
    ]


def validate_embeddings(table: pa.Table, dimension: int) -> Verdict:
    """Which rows of `EMBEDDINGS` may be written, and why the others may not."""
    return judge(
        table, _features(table), vector_rules(dimension), stage="embeddings", key="text_hash"
    )


def _features(table: pa.Table) -> pa.Table:
    lengths, not_finite, norms = _measure(table["vector"])
    text_hash = pc.fill_null(table["text_hash"], "")
    model = pc.fill_null(table["model"], "")
    return pa.table(
        {
            "identity": pc.binary_join_element_wise(text_hash, model, "/"),
            "text_hash": text_hash,
            "model_length": pc.utf8_length(model),
            "dimension": lengths,
            "not_finite": not_finite,
            "norm": norms,
        }
    )


def _measure(vectors: pa.ChunkedArray[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Length, count of values that are not finite, and norm of each vector: three arrays [n].

    A null counts as not finite. The norm of a vector that is not finite is 0: pandas would take NaN
    for a missing value, and the rule would skip it.
    """
    lengths = np.asarray(pc.fill_null(pc.list_value_length(vectors), 0), np.int64)
    flat = np.asarray(pc.fill_null(pc.list_flatten(vectors), float("nan")), np.float64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    finite = np.isfinite(flat)
    not_finite = np.bincount(rows, ~finite, minlength=len(lengths)).astype(np.int64)
    squares = np.bincount(rows, np.where(finite, flat, 0.0) ** 2, minlength=len(lengths))
    return lengths, not_finite, np.where(not_finite == 0, np.sqrt(squares), 0.0)
