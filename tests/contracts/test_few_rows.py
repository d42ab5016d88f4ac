"""Few rows are judged as Great Expectations judges many."""

from __future__ import annotations

import sys
from collections import Counter

import pyarrow as pa
import pytest

from doclake.contracts import few_rows, suite
from doclake.contracts.chunks import chunk_rules
from doclake.contracts.documents import document_rules
from doclake.contracts.elements import element_rules
from doclake.contracts.embeddings import vector_rules
from doclake.contracts.model import Rule

VALUES = {
    "number": pa.array([0, 1, 5, 5, None, -3, 9], pa.int32()),
    "share": pa.array([0.0, float("nan"), 0.05, 1.5, None, float("inf"), 0.0501]),
    "name": pa.array(["ko", "k", "", "ko", None, "KO", "ko\n"]),
    "flag": pa.array([True, False, True, None, None, True, False]),
}
BETWEEN, REGEX = "ExpectColumnValuesToBeBetween", "ExpectColumnValuesToMatchRegex"
RULES = [
    Rule("least", BETWEEN, "number", {"min_value": 1}),
    Rule("both", BETWEEN, "number", {"min_value": 1, "max_value": 5}),
    Rule("most", BETWEEN, "share", {"max_value": 0.05}),
    Rule("code", REGEX, "name", {"regex": "^[a-z]{2,3}$"}, severity="warn"),
    Rule("true", "ExpectColumnValuesToBeInSet", "flag", {"value_set": [True]}),
    Rule("once", "ExpectColumnValuesToBeUnique", "number"),
    Rule("named once", "ExpectColumnValuesToBeUnique", "name"),
    *(Rule(f"{name} is there", "ExpectColumnValuesToNotBeNull", name) for name in VALUES),
]


def test_both_break_the_same_rules_in_the_same_rows(judge):
    if judge == "few rows":
        pytest.skip("compared below")
    features = pa.table(VALUES)
    results, broken = few_rows.run(features, RULES)
    expected, expected_broken = suite.run(features, RULES)
    assert broken == expected_broken
    assert results == expected
    assert len(broken) == len(RULES)  # each is broken somewhere


def test_great_expectations_waits_until_its_import_is_a_small_part_of_the_work(judge, monkeypatch):
    if judge != "few rows":
        pytest.skip("it is about the other")
    monkeypatch.setattr(few_rows, "AFFORDABLE", {"chunks": 300})
    monkeypatch.setattr(few_rows, "_judged", Counter())
    features, rules = pa.table({"number": list(range(150))}), [RULES[0]]
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    monkeypatch.delitem(sys.modules, "great_expectations")
    for _ in range(2):
        assert few_rows.takes(features, rules, "chunks")
        few_rows.run(features, rules, "chunks")
    assert not few_rows.takes(features, rules, "chunks")
    assert few_rows.takes(features.slice(0, 100), rules, "chunks")
    with few_rows.left_to_great_expectations():
        assert not few_rows.takes(features.slice(0, 1), rules, "chunks")
    few_rows._judged.clear()
    monkeypatch.setitem(sys.modules, "great_expectations", suite)
    assert not few_rows.takes(features, rules, "chunks")


def test_every_rule_of_the_contracts_is_known(judge):
    for rules in (document_rules(), element_rules(), chunk_rules(), vector_rules(8)):
        features = pa.table({rule.column: pa.array([1, 2]) for rule in rules})
        assert few_rows.takes(features, rules) == (judge == "few rows")
        assert not few_rows.takes(pa.concat_tables([features] * 51), rules)
    features = pa.table({"number": [1]})
    assert not few_rows.takes(features, [Rule("other", "ExpectColumnMeanToBeBetween", "number")])
    assert not few_rows.takes(features, [Rule("gone", BETWEEN, "no_such_column")])
