"""Runs rules as a Great Expectations suite over columns that hold no document text.

Rules look at features: numbers and flags computed in Arrow beforehand. So no text, and nothing
personal in it, reaches Great Expectations, its results or its messages.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa

from doclake.contracts import few_rows
from doclake.contracts.model import Rule, RuleResult
from doclake.errors import ContractError

_ROW = "row"
_SEVERITIES = {"reject": "critical", "warn": "warning", "stop": "critical"}
"""By ours, those of Great Expectations."""


def run(
    features: pa.Table, rules: Sequence[Rule], table: str = ""
) -> tuple[list[RuleResult], dict[str, list[int]]]:
    """The result of each rule and, for each that failed, the numbers of the rows that broke it.

    A first pass only counts. Rules that failed run again to name their rows: that pass costs
    several times as much and almost never happens.
    """
    if few_rows.takes(features, rules, table):
        return few_rows.run(features, rules, table)
    batch = _batch(features)
    results = []
    failed = []
    for rule, result in zip(
        rules, _validate(batch, rules, {"result_format": "BASIC"}), strict=True
    ):
        count = int(result.result.get("unexpected_count") or 0)
        results.append(
            RuleResult(rule.name, bool(result.success), count, features.num_rows, rule.severity)
        )
        if not result.success:
            failed.append(rule)
    return results, _rows(batch, failed) if failed else {}


def _rows(batch: Any, rules: Sequence[Rule]) -> dict[str, list[int]]:
    naming = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": [_ROW],
        "return_unexpected_index_query": False,
    }
    broken = {}
    for rule, result in zip(rules, _validate(batch, rules, naming), strict=True):
        listed = result.result.get("unexpected_index_list") or []
        broken[rule.name] = sorted({int(entry[_ROW]) for entry in listed})
    return broken


def _batch(features: pa.Table) -> Any:
    """One ephemeral context per call: a context that threads share gives wrong results."""
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    numbered = features.append_column(_ROW, pa.array(range(features.num_rows), pa.int64()))
    definition = (
        context.data_sources.add_pandas("memory")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )
    return definition.get_batch({"dataframe": numbered.to_pandas()})


def _validate(batch: Any, rules: Sequence[Rule], result_format: dict[str, Any]) -> list[Any]:
    """Results in the order of the rules, which Great Expectations itself does not keep."""
    gx = _great_expectations()
    expectations = [
        getattr(gx.expectations, rule.expectation)(
            column=rule.column,
            severity=_SEVERITIES[rule.severity],
            meta={"rule": rule.name},
            **rule.arguments,
        )
        for rule in rules
    ]
    suite = gx.ExpectationSuite(name="contract", expectations=expectations)
    answer = batch.validate(suite, result_format=result_format)
    by_name = {result.expectation_config.meta["rule"]: result for result in answer.results}
    for name, result in by_name.items():
        if "unexpected_count" not in result.result:
            raise ContractError(
                f"The rule {name} could not be checked: {_message(result.exception_info)}",
                mend="This is a bug of the contract, not of the documents: please report it.",
                rule=name,
            )
    return [by_name[rule.name] for rule in rules]


def _message(info: Any) -> str:
    entries = [info, *info.values()] if isinstance(info, dict) else []
    messages = [e.get("exception_message") for e in entries if isinstance(e, dict)]
    return next((message for message in messages if message), "no result")


@lru_cache(maxsize=1)
def _great_expectations() -> Any:
    """Imported on first use: it takes seconds. Its telemetry is switched off before."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    import great_expectations.expectations

    return great_expectations
