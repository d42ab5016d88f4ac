"""The check of a contract shows its rules with counts and examples, and leads to a page of it."""

from __future__ import annotations

from pathlib import Path

from doclake.contracts import chunk_rules, validate_chunks
from doclake.settings import RuleSettings
from doclake.stages.report import StageReport
from doclake_dagster.assets.common.contract_checks import contract_check, contract_result

CHECK = contract_check("chunks_meet_contract", "Every chunk meets every rule.")


def test_each_rule_stands_in_the_check_and_on_its_page_without_a_text(flow):
    rules = {
        "long_enough": RuleSettings(feature="text_length", min=30),
        "in_english": RuleSettings(feature="language", one_of=("en",), severity="warn"),
    }
    report = StageReport("chunks")
    rows = flow.lake.read("chunks")
    report.tally_rules(validate_chunks(rows, chunk_rules(256, rules)))
    result = contract_result(CHECK, flow.context(run_id="run-7"), report, "chunks")
    assert (result.passed, result.metadata["refused"].value) == (False, 2)
    table = str(result.metadata["rules"].value)
    page = Path(str(result.metadata["page"].value))
    assert page.is_relative_to(Path(flow.lake.url) / "contract_pages" / "notes" / "chunks")
    assert f"]({page.as_uri()})" in table
    html = page.read_text("utf-8")
    for rule in (rule.name for rule in chunk_rules(256, rules)):
        assert f"| {rule} | " in table
        assert f"<code>{rule}</code>" in html
    for shown in (table, html):
        assert "tools.txt" in shown
        assert "text_length=28" in shown or "text\\_length=28" in shown
        assert not any(text in shown for text in rows["text"].to_pylist())


def test_where_nothing_was_judged_there_is_no_page(flow):
    report = StageReport("chunks")
    result = contract_result(CHECK, flow.context(run_id="run-8"), report, "elements")
    assert result.passed
    assert "page" not in result.metadata
    assert str(result.metadata["rules"].value) == "Nothing to check."
