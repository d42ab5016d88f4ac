"""The rules of a contract, as the settings want them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from doclake.contracts.model import Rule
from doclake.settings.contract_rules import TABLES
from doclake.settings.contracts import RuleSettings

BETWEEN, MATCHES = "ExpectColumnValuesToBeBetween", "ExpectColumnValuesToMatchRegex"
IN_SET, UNIQUE = "ExpectColumnValuesToBeInSet", "ExpectColumnValuesToBeUnique"
PRESENT = "ExpectColumnValuesToNotBeNull"
HEX_ID = "^[0-9a-f]{32}$"
SHIPPED: Mapping[str, RuleSettings] = {}


def warning(name: str, feature: str, limits: Mapping[str, float]) -> Rule:
    """A rule about a figure of what a row says, which keeps the row."""
    return Rule(name, BETWEEN, feature, dict(limits), severity="warn", guards_form=False)


def with_settings(
    table: str, rules: Sequence[Rule], settings: Mapping[str, RuleSettings]
) -> list[Rule]:
    """The shipped `rules`, each as the settings change it, and after them those of one's own."""
    known = TABLES[table]
    names = {rule.name for rule in rules}
    own = [_own(name, asked) for name, asked in settings.items() if name not in names]
    said = {
        rule.name: known.shipped.get(rule.name) or known.features[rule.column]
        for rule in (*rules, *own)
    }
    return [replace(rule, about=said[rule.name]) for rule in _changed([*rules, *own], settings)]


def _own(name: str, asked: RuleSettings) -> Rule:
    feature, arguments = asked.feature or "", dict[str, Any]()
    expectation = BETWEEN
    if asked.regex is not None:
        expectation, arguments = MATCHES, {"regex": asked.regex}
    elif asked.one_of is not None:
        expectation, arguments = IN_SET, {"value_set": list(asked.one_of)}
    return Rule(name, expectation, feature, arguments, guards_form=False)


def _changed(rules: Sequence[Rule], settings: Mapping[str, RuleSettings]) -> Iterator[Rule]:
    for rule in rules:
        asked = settings.get(rule.name)
        if asked is None:
            yield rule
        elif asked.severity != "off":
            limits = {"min_value": asked.min, "max_value": asked.max}
            given = {name: value for name, value in limits.items() if value is not None}
            yield replace(
                rule,
                severity=asked.severity or rule.severity,
                arguments=rule.arguments | given,
                share=asked.share,
            )
