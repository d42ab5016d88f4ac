"""`doclake failures` lists what failed and, as a kind of its own, what gave less than it holds."""

from __future__ import annotations

import json

import dagster as dg
import pytest

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake_dagster.pipelines.cli import console, failures


def test_a_document_that_gave_less_than_it_holds_is_no_failure_but_is_listed(
    short, skipping, command, capsys
):
    skipping(short.run)
    assert command("failures", "--json") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    by_path = {row["path"]: row for row in listed}
    assert by_path["broken.pdf"]["error"] == "malformed"
    short_ones = {row["path"]: (row["kind"], row["rule"]) for row in listed if "kind" in row}
    assert short_ones["hidden.html"] == ("no_chunk", "hidden")
    assert short_ones["log.md"] == ("thin", "reader")
    assert all("error" not in row for row in listed if "kind" in row)
    command("failures")
    shown = capsys.readouterr().out
    assert "thin  " in shown
    assert "doclake extract" in shown


def test_failures_stand_by_path_and_those_of_a_contract_lead_to_the_quarantine(
    damaged, monkeypatch, capsys
):
    damaged.write("again.pdf", "%PDF-1.7\nthis is no PDF either\n")
    damaged.run()
    monkeypatch.setattr(console, "config", damaged.folder)
    failures.command()
    shown = capsys.readouterr().out
    names = [line for line in shown.splitlines() if line.startswith("notes  ")]
    assert names[:3] == ["notes  again.pdf", "notes  broken.pdf", "notes  lamp.txt"]
    told = "  1 chunk in quarantine\n  doclake quarantine list --source notes names the rule.\n"
    assert f"notes  lamp.txt\n{told}" in shown
    assert "attempt 0" not in shown


@pytest.mark.slow
def test_the_page_of_the_run_shows_them_where_it_shows_failures(short, skipping, command):
    skipping(lambda: command("ingest"))
    with dg.DagsterInstance.get() as instance:
        last, _ = instance.get_runs()
        entries = instance.all_logs(last.run_id)
    events = [entry.dagster_event for entry in entries if entry.dagster_event is not None]
    tables = {
        event.materialization.partition: str(event.materialization.metadata["shortfalls"].value)
        for event in events
        if event.is_step_materialization and "shortfalls" in event.materialization.metadata
    }
    buckets = ledger.read(short.lake, Scope("notes"), ["path"])
    bucket_of = {row["path"]: row["bucket"] for row in buckets}
    assert r"| log.md | thin | " in tables[bucket_of["log.md"]]
    assert r"| hidden.html | no\_chunk | " in tables[bucket_of["hidden.html"]]
    assert "garden.md" not in "".join(tables.values())
    checks = {
        event.asset_check_evaluation_data.check_name: event.asset_check_evaluation_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
    }
    thin = checks["no_document_is_thin"]
    assert (thin.passed, thin.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert thin.metadata["documents"].value == 1
