"""What a contract says about a table's rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Rule:
    """`expectation` is a class of great_expectations.expectations, `column` a feature."""

    name: str
    expectation: str
    column: str
    arguments: dict[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule over the rows of a call. Rows that break a critical rule are refused; a warning only
    shows in the report."""

    name: str
    passed: bool
    unexpected: int
    checked: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Verdict:
    """`accepted` holds the good rows, unchanged and in order. `refused` follows `QUARANTINE`: one
    row for each refused row and each rule it broke."""

    accepted: pa.Table
    refused: pa.Table
    rules: list[RuleResult]
