"""Judges rows by the expectations that the contracts use, without Great Expectations.

Its import takes 4 to 11 seconds and hundreds of megabytes. So a process imports it when it has made
so many rows that this is at most a twentieth of the stage, and later calls with few rows do without
it still. Both say the same of the same rows.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pyarrow as pa

from doclake.contracts.model import Rule, RuleResult

FEW = 100
"""Rows of a call that are judged here whatever came before."""
AFFORDABLE = {"documents": 2_000, "elements": 20_000, "chunks": 30_000, "embeddings": 30_000}
"""Rows of a table that take a processor two minutes or more to make (benchmarks/contracts.py)."""
_judged: Counter[str] = Counter()
"""Rows that this process has judged here, by table."""
_are_left: ContextVar[bool] = ContextVar("few rows are left to Great Expectations", default=False)


@contextmanager
def left_to_great_expectations() -> Iterator[None]:
    """Few rows as well: somebody asks for a judgement, and waits for it."""
    before = _are_left.set(True)
    try:
        yield
    finally:
        _are_left.reset(before)


def run(
    features: pa.Table, rules: Sequence[Rule], table: str = ""
) -> tuple[list[RuleResult], dict[str, list[int]]]:
    """The result of each rule and, for each that failed, the numbers of the rows that broke it."""
    _judged[table] += features.num_rows
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


def takes(features: pa.Table, rules: Sequence[Rule], table: str = "") -> bool:
    """Whether the rows are few and every rule is one that can be judged here."""
    if _are_left.get():
        return False
    few = FEW
    if "great_expectations" not in sys.modules:
        few = max(few, AFFORDABLE.get(table, 0) - _judged[table])
    return features.num_rows <= few and all(
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
