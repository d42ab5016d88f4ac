"""What the contract of `embeddings` accepts and refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from doclake import ids
from doclake.contracts import validate_embeddings
from doclake.contracts.embeddings import vector_rules
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.quarantine import QUARANTINE

DIMENSION = 8
RULES = vector_rules(DIMENSION)


def unit(number: int) -> list[float]:
    vector = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return (vector / np.linalg.norm(vector)).tolist()


def table(vectors: list[Any], **columns: Any) -> pa.Table:
    rows = [
        {
            "source": "s",
            "bucket": "00",
            "text_hash": ids.text_hash(str(number)),
            "model": "m",
            "model_name": "name",
            "vector": vector,
            **columns,
        }
        for number, vector in enumerate(vectors)
    ]
    return pa.Table.from_pylist(rows, schema=EMBEDDINGS.schema)


def test_unit_vectors_are_accepted():
    rows = table([unit(1), unit(2)])
    verdict = validate_embeddings(rows, RULES)
    assert verdict.accepted.equals(rows)
    assert all(rule.passed for rule in verdict.rules)


@pytest.mark.parametrize(
    ("bad", "rules"),
    [
        ([0.0] * DIMENSION, {"vector_is_a_unit"}),
        ([float("nan")] * DIMENSION, {"vector_is_finite", "vector_is_a_unit"}),
        ([float("inf"), *unit(1)[1:]], {"vector_is_finite", "vector_is_a_unit"}),
        ([2.0 * value for value in unit(1)], {"vector_is_a_unit"}),
        ([1.0], {"dimension_is_the_models"}),
        ([], {"dimension_is_the_models", "vector_is_a_unit"}),
        (None, {"dimension_is_the_models", "vector_is_a_unit"}),
    ],
)
def test_what_is_no_vector_of_the_model_is_refused(bad, rules):
    rows = table([unit(1), bad, unit(3)])
    verdict = validate_embeddings(rows, RULES)
    assert verdict.accepted.equals(rows.take([0, 2]))
    assert set(verdict.refused["rule"].to_pylist()) == rules
    assert set(verdict.refused["key"].to_pylist()) == {rows["text_hash"][1].as_py()}


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"text_hash": "seven"}, "text_hash_is_well_formed"),
        ({"model": ""}, "model_is_named"),
    ],
)
def test_a_vector_without_its_key_is_refused(columns, rule):
    verdict = validate_embeddings(table([unit(1)], **columns), RULES)
    assert verdict.refused["rule"].to_pylist() == [rule]


def test_a_text_embedded_twice_under_one_model_is_refused():
    twice = table([unit(1), unit(2)], text_hash=ids.text_hash("same"))
    verdict = validate_embeddings(twice, RULES)
    assert verdict.accepted.num_rows == 0
    assert verdict.refused["rule"].to_pylist() == ["embedding_is_unique"]


def test_quarantined_vectors_follow_the_schema_though_they_name_no_document():
    verdict = validate_embeddings(table([[0.0] * DIMENSION]), RULES)
    assert verdict.refused.schema.equals(QUARANTINE.schema)
    row = verdict.refused.to_pylist()[0]
    assert (row["stage"], row["source"], row["doc_id"]) == ("embeddings", "s", "")
    assert row["evidence"] == "norm=0.0; expected min_value=0.99, max_value=1.01"


def test_every_rule_of_the_contract_has_a_name_of_its_own():
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
