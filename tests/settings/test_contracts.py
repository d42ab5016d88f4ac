"""The settings change shipped rules and add others; what is wrong is told with its key."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.contracts import chunk_rules, document_rules, element_rules, vector_rules
from doclake.contracts.rule_set import BETWEEN
from doclake.errors import SettingsError
from doclake.settings import RuleSettings, load
from doclake.settings.contract_rules import TABLES


def _rules(**settings: dict[str, Any]) -> dict[str, Any]:
    asked = {name: RuleSettings(**rule) for name, rule in settings.items()}
    return {rule.name: rule for rule in chunk_rules(256, asked)}


SHIPPED = {
    "documents": document_rules(),
    "elements": element_rules(),
    "chunks": chunk_rules(),
    "embeddings": vector_rules(8),
}


@pytest.mark.parametrize("table", TABLES)
def test_the_settings_know_the_rules_that_are_shipped(table):
    rules, known = SHIPPED[table], TABLES[table]
    assert {rule.name for rule in rules if rule.guards_form} == known.of_form.keys()
    others = [rule for rule in rules if not rule.guards_form]
    assert {rule.name for rule in others} == known.changeable.keys()
    limited = {rule.name for rule in others if rule.expectation == BETWEEN}
    assert limited == known.with_limits.keys()


def test_a_shipped_rule_keeps_what_the_settings_do_not_say():
    shipped, rules = _rules(), _rules(text_is_legible={"severity": "stop", "share": 0.2})
    assert rules.keys() == shipped.keys()
    legible = rules["text_is_legible"]
    assert (legible.severity, legible.share) == ("stop", 0.2)
    assert legible.arguments == shipped["text_is_legible"].arguments
    assert legible.fingerprint == shipped["text_is_legible"].fingerprint
    other = _rules(text_is_legible={"max": 0.2})["text_is_legible"]
    assert other.fingerprint != legible.fingerprint


def test_a_rule_can_be_switched_off_and_another_be_added():
    rules = _rules(
        text_is_legible={"severity": "off"}, long_enough={"feature": "text_length", "min": 20}
    )
    assert "text_is_legible" not in rules
    added = rules["long_enough"]
    assert (added.column, added.arguments, added.severity) == (
        "text_length",
        {"min_value": 20},
        "reject",
    )


@pytest.mark.parametrize(
    ("rule", "key", "expected"),
    [
        ("text_is_legibel: {max: 0.1}", "", "did you mean text_is_legible?"),
        ("text_is_legible: {severity: fatal}", ".severity", "'reject', 'warn', 'stop' or 'off'"),
        ("text_is_legible: {feature: tokens}", ".feature", "this rule is shipped with its own"),
        ("language_is_a_code: {max: 1}", ".max", "no such key"),
        ("access_is_decided: {severity: off}", ".severity", "later stages rely on this rule"),
        ("tokens_fit: {max: 9000}", ".max", "later stages rely on this rule"),
        ("long_enough: {feature: text_length}", "", "has one of them"),
        ("long_enough: {feature: text_lenght, min: 1}", ".feature", "did you mean text_length?"),
        ("korean: {feature: language, min: 1}", ".min", "regex or one_of: so is language judged"),
        ("korean: {feature: language, regex: '['}", ".regex", "a regular expression"),
        ("korean: {feature: tokens, one_of: [a]}", ".one_of", "min or max: so is tokens judged"),
        ("korean: {feature: language, regex: ko, one_of: [ko]}", ".one_of", "one of them"),
        ("text_is_legible: {min: 2, max: 1}", ".min", "at most max"),
        ("text_is_legible: {least: 1}", ".least", "one of severity, feature, min"),
    ],
)
def test_a_wrong_rule_is_refused_at_load_with_its_key(tmp_path, rule, key, expected):
    name = rule.partition(":")[0]
    file = tmp_path / "doclake.yaml"
    for section, where in (
        ("contracts: {{chunks: {{{}}}}}", "contracts"),
        (
            "sources: {{notes: {{url: d, contracts: {{chunks: {{{}}}}}}}}}",
            "sources.notes.contracts",
        ),
    ):
        file.write_text(section.format(rule.replace("off", "'off'")))
        with pytest.raises(SettingsError) as error:
            load(file)
        told = {problem[0]: problem[2] for problem in error.value.facts["problems"]}
        assert expected in told[f"{where}.chunks.{name}{key}"], told


def test_a_source_extends_and_relaxes_the_rules_of_all(tmp_path):
    file = tmp_path / "doclake.yaml"
    file.write_text(
        "contracts: {chunks: {long_enough: {feature: text_length, min: 20}}}\n"
        "sources:\n"
        "  notes: {url: d, contracts: {chunks: {long_enough: {severity: warn}}}}\n"
        "  mails: {url: d}\n"
    )
    sources = load(file).sources
    notes, mails = (sources[name].contracts.chunks["long_enough"] for name in ("notes", "mails"))
    assert (notes.feature, notes.min, notes.severity) == ("text_length", 20, "warn")
    assert (mails.min, mails.severity) == (20, None)
