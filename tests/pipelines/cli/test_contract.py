"""`doclake contract check` tries rules on the chunks that stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def check(flow, command, capsys, tmp_path) -> Any:
    """`check("chunks: ...", "--json")`: exit code, output and complaint."""

    def run(rules: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "rules.yaml"
        file.write_text(rules)
        capsys.readouterr()
        code = command("contract", "check", "--source", "notes", "--rules", str(file), *options)
        return code, *capsys.readouterr()

    return run


def _tables(flow: Any) -> dict[str, int]:
    """Every file of the lake and its time."""
    return {str(file): file.stat().st_mtime_ns for file in Path(flow.lake.url).rglob("*.parquet")}


def test_rules_are_tried_on_what_stands_and_nothing_is_written(check, flow):
    before = _tables(flow)
    rule = "chunks: {not_long: {feature: text_length, max: 31}}"
    code, told, _ = check(rule, "--json")
    by_rule = {row["rule"]: row for row in map(json.loads, told.splitlines())}
    broken = by_rule["not_long"]
    assert (code, broken["severity"], broken["checked"]) == (0, "reject", 6)
    examples = sorted(broken["examples"])
    assert [path for path, _, _ in examples] == ["copy.md", "garden.md"]
    assert all("text_length=42" in evidence for _, _, evidence in examples)
    assert by_rule["text_is_legible"]["broken"] == 0
    assert "Tomatoes" not in told
    assert _tables(flow) == before


def test_a_contract_that_refuses_most_of_what_stands_is_a_mistake(check):
    code, told, complaint = check("chunks: {long_enough: {feature: text_length, min: 5000}}")
    assert code == 1
    assert "long_enough  reject: 6 of 6 rows break it" in told
    assert "Relax contracts.chunks.long_enough" in complaint


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("chunks: {text_is_legibel: {max: 1}}", "did you mean text_is_legible?"),
        ("chunks: {text_is_legible: {severity: fatal}}", "chunks.text_is_legible.severity"),
        ("pages: {}", "pages"),
        ("[1]", "a mapping of tables"),
        ("chunks: {", "YAML in UTF-8"),
    ],
)
def test_wrong_rules_are_refused_with_their_key(check, rules, expected):
    code, _, complaint = check(rules)
    assert code == 2
    assert expected in complaint
