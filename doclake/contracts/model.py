"""What a contract says about a table's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from doclake import ids

Severity = Literal["reject", "warn", "stop"]


@dataclass(frozen=True)
class Rule:
    """`expectation` is a class of great_expectations.expectations, `column` a feature.

    A row that breaks a rule of severity `reject` is refused, and one of `stop` as well; if more
    than `share` of the rows break that, none is to be written. `warn` keeps the row, which then
    bears the name of the rule. A rule with `guards_form` says what every later stage relies on,
    such as one id for one row: no person can release what breaks it. `about` says in words what
    holds, or what the feature is.
    """

    name: str
    expectation: str
    column: str
    arguments: dict[str, Any] = field(default_factory=dict)
    severity: Severity = "reject"
    guards_form: bool = True
    share: float = 0.0
    about: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """Changes with what the rule asks of a row."""
        asked = sorted(f"{name}={value}" for name, value in self.arguments.items())
        return ids.digest("rule", self.name, self.expectation, self.column, *asked, size=8)

    @property
    def expected(self) -> str:
        """What is asked of the feature, such as `max_value=0.05`."""
        return ", ".join(f"{name}={argument}" for name, argument in self.arguments.items())


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule over the rows of a call: how many broke it, without the `released` ones, which a
    person has let through."""

    name: str
    passed: bool
    unexpected: int
    checked: int
    severity: Severity
    released: int = 0


EXAMPLES = 5


class Example(NamedTuple):
    """A row that breaks a rule, without its text."""

    path: str
    key: str
    evidence: str


class Breach(NamedTuple):
    """That a row of one version of its document breaks a rule, as the rule is now."""

    content_hash: str
    key: str
    rule: str
    rule_fingerprint: str


Decisions = Mapping[Breach, str]
"""What people decided about rows that were refused before: released or dropped."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`accepted` holds the good rows and the released ones, unchanged and in order, `dropped` those
    that people left out for every rule they break. `refused` follows `QUARANTINE`: one row for each
    other row and each rule it breaks. `rules` tells of each of `asked`, and `examples` names up to
    `EXAMPLES` rows that wait for it or bear its name. The rules in `stopped` are broken by more
    rows than they allow: then nothing is to be written."""

    accepted: pa.Table
    dropped: pa.Table
    refused: pa.Table
    asked: Sequence[Rule]
    rules: list[RuleResult]
    examples: Mapping[str, list[Example]]
    stopped: list[RuleResult]
