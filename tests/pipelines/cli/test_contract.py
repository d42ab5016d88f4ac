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


def test_the_tables_that_are_named_are_judged_and_told_on_a_page(check, flow, tmp_path):
    page = tmp_path / "page.html"
    rules = "elements: {in_korean: {feature: hangul_share, min: 0.5}}"
    code, told, complaint = check(
        rules, "--table", "elements", "--table", "embeddings", "--html", str(page)
    )
    assert code == 1
    assert "Relax contracts.elements.in_korean" in complaint
    assert "Of 6 vectors that stand, 6 would stay." in told
    assert "chunks." not in told
    html = page.read_text("utf-8")
    assert all(name in html for name in ("elements", "in_korean", "vectors_differ", "garden.md"))
    assert "Tomatoes" not in html
    code, _, complaint = check(rules, "--table", "page")
    assert code == 2
    assert "documents, elements, chunks, embeddings have one" in " ".join(complaint.split())
    code, _, complaint = check("chunks: {}", "--html", str(tmp_path / "no" / "page.html"))
    assert code == 2
    assert "No such file or directory" in complaint


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("chunks: {text_is_legibel: {max: 1}}", "did you mean text_is_legible?"),
        ("chunks: {text_is_legible: {severity: fatal}}", "chunks.text_is_legible.severity"),
        ("elements: {in_korean: {feature: language}}", "elements.in_korean"),
        ("embeddings: {vector_is_finite: {severity: warn}}", "later stages rely on this rule"),
        ("documents: {small: {feature: sise, max: 1}}", "did you mean size?"),
        ("pages: {}", "pages"),
        ("[1]", "a mapping of tables"),
        ("chunks: {", "YAML in UTF-8"),
    ],
)
def test_wrong_rules_are_refused_with_their_key(check, rules, expected):
    code, _, complaint = check(rules)
    assert code == 2
    assert expected in complaint
