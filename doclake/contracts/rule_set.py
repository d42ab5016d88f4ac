"""The rules of a contract, as the settings want them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from doclake.contracts.model import Rule
from doclake.settings.contracts import RuleSettings

BETWEEN = "ExpectColumnValuesToBeBetween"
SHIPPED: Mapping[str, RuleSettings] = {}


def with_settings(rules: Sequence[Rule], settings: Mapping[str, RuleSettings]) -> list[Rule]:
    """The shipped `rules`, each as the settings change it, and after them those of one's own."""
    names = {rule.name for rule in rules}
    own = [
        Rule(name, BETWEEN, asked.feature or "", guards_form=False)
        for name, asked in settings.items()
        if name not in names
    ]
    return list(_changed([*rules, *own], settings))


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
