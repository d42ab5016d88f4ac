"""Judges a few rows by the expectations that the contracts use, without Great Expectations.

Its import takes seconds and hundreds of megabytes: more than a whole run over one changed document.
Both say the same of the same rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from doclake.contracts.model import Rule, RuleResult

FEW = 100


def run(features: pa.Table, rules: Sequence[Rule]) -> tuple[list[RuleResult], dict[str, list[int]]]:
    """The result of each rule and, for each that failed, the numbers of the rows that broke it."""
    broken = {}
    for rule in rules:
        values = features[rule.column].to_pylist()
        broken[rule.name] = _EXPECTATIONS[rule.expectation](values, rule.arguments)
    results = [
        RuleResult(
            rule.name,
            not broken[rule.name],
            len(broken[rule.name]),
            features.num_rows,
            rule.severity,
        )
        for rule in rules
    ]
    return results, {name: rows for name, rows in broken.items() if rows}


def takes(features: pa.Table, rules: Sequence[Rule]) -> bool:
    """Whether the rows are few and every rule is one that can be judged here."""
    return features.num_rows <= FEW and all(
        rule.expectation in _EXPECTATIONS and rule.column in features.column_names for rule in rules
    )


def _is_missing(value: Any) -> bool:
    """What Great Expectations leaves out: pandas takes NaN for a missing value."""
    return value is None or value != value


def _rows(values: Sequence[Any], is_wrong: Callable[[Any], bool]) -> list[int]:
    return [row for row, value in enumerate(values) if not _is_missing(value) and is_wrong(value)]


def _between(values: Sequence[Any], asked: Mapping[str, Any]) -> list[int]:
    least, most = asked.get("min_value"), asked.get("max_value")
    return _rows(
        values,
        lambda value: (least is not None and value < least) or (most is not None and value > most),
    )


def _regex(values: Sequence[Any], asked: Mapping[str, Any]) -> list[int]:
    pattern = re.compile(asked["regex"])
    return _rows(values, lambda value: pattern.search(value) is None)


def _in_set(values: Sequence[Any], asked: Mapping[str, Any]) -> list[int]:
    return _rows(values, lambda value: value not in asked["value_set"])


def _unique(values: Sequence[Any], _: Mapping[str, Any]) -> list[int]:
    counts = Counter(values)
    return _rows(values, lambda value: counts[value] > 1)


def _present(values: Sequence[Any], _: Mapping[str, Any]) -> list[int]:
    return [row for row, value in enumerate(values) if _is_missing(value)]


_EXPECTATIONS: dict[str, Callable[[Sequence[Any], Mapping[str, Any]], list[int]]] = {
    "ExpectColumnValuesToBeBetween": _between,
    "ExpectColumnValuesToMatchRegex": _regex,
    "ExpectColumnValuesToBeInSet": _in_set,
    "ExpectColumnValuesToBeUnique": _unique,
    "ExpectColumnValuesToNotBeNull": _present,
}
