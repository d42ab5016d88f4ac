"""The contract of the table `embeddings`. Vectors are measured in numpy; rules see the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts import neighbours
from doclake.contracts.features import Measure, measured, of_column
from doclake.contracts.model import Rule, Verdict
from doclake.contracts.quarantine import judge
from doclake.contracts.rule_set import BETWEEN, HEX_ID, MATCHES, SHIPPED, UNIQUE, with_settings
from doclake.settings.contracts import RuleSettings


def vector_rules(dimension: int, settings: Mapping[str, RuleSettings] = SHIPPED) -> list[Rule]:
    """What must be true of every vector before it is written."""
    return with_settings("embeddings", _shipped(dimension), settings)


def _shipped(dimension: int) -> list[Rule]:
    exactly = {"min_value": dimension, "max_value": dimension}
    return [
        Rule("embedding_is_unique", UNIQUE, "identity"),
        Rule("text_hash_is_well_formed", MATCHES, "text_hash", {"regex": HEX_ID}),
        Rule("model_is_named", BETWEEN, "model_length", {"min_value": 1}),
        Rule("dimension_is_the_models", BETWEEN, "dimension", exactly),
        Rule("vector_is_finite", BETWEEN, "not_finite", {"max_value": 0}),
        Rule("vector_is_a_unit", BETWEEN, "norm", {"min_value": 0.99, "max_value": 1.01}),
        Rule(
            "vectors_differ",
            BETWEEN,
            "near_share",
            {"max_value": 0.5},
            severity="warn",
            guards_form=False,
        ),
    ]


def validate_embeddings(table: pa.Table, rules: Sequence[Rule]) -> Verdict:
    """Which rows of `EMBEDDINGS` may be written, and why the others may not. Neighbours are looked
    for among these rows."""
    return judge(table, _features(table, rules), rules, stage="embeddings", key="text_hash")


def _features(table: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    lengths, not_finite, norms = _measure(table["vector"])
    widest = lengths.max(initial=0)
    sound = (not_finite == 0) & (norms > 0) & (lengths == widest)

    def among_sound(measure: Callable[[np.ndarray], np.ndarray]) -> Measure:
        """Rows that are no vectors of the model are nobody's neighbours: null."""

        def of(rows: pa.Table) -> Any:
            values = np.full(len(lengths), np.nan)
            flat = pc.list_flatten(rows.filter(pa.array(sound))["vector"])
            vectors = np.asarray(flat, np.float32).reshape(int(sound.sum()), widest)
            lengths_of_sound = norms[sound, None].astype(np.float32)
            values[sound] = measure(np.divide(vectors, lengths_of_sound, dtype=np.float32))
            return pa.array(values, pa.float64(), from_pandas=True)

        return of

    measures: Mapping[str, Measure] = {
        "identity": lambda rows: pc.binary_join_element_wise(_text_hash(rows), _model(rows), "/"),
        "text_hash": _text_hash,
        "model_length": lambda rows: pc.utf8_length(_model(rows)),
        "model_name": of_column("model_name"),
        "dimension": lambda _: lengths,
        "not_finite": lambda _: not_finite,
        "norm": lambda _: norms,
        "near_share": among_sound(neighbours.near_share),
        "nearest_distance": among_sound(neighbours.nearest_distance),
    }
    return measured(table, rules, measures)


def _text_hash(table: pa.Table) -> Any:
    return pc.fill_null(table["text_hash"], "")


def _model(table: pa.Table) -> Any:
    return pc.fill_null(table["model"], "")


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
