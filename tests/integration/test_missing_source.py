"""A source whose place is gone fails alone: the real commands over it and over another."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from doclake.operate import incidents
from doclake_dagster.pipelines.cli.app import app
from tests.flow import Flow
from tests.sources.places import silent_server

GONE = "nowhere: No such file or directory: not mounted, or a wrong path"


@pytest.fixture
def flow(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> Flow:
    """The ingested source `notes`, and after it `papers` from a folder of its own."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    (flow.folder / "papers").mkdir()
    (flow.folder / "papers" / "a.txt").write_text("The hedge is cut in June.\n")
    return flow


def _configure(flow: Flow, **notes: object) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    papers = {"url": "papers", "access": ["everyone"], "buckets": 1}
    flow.configure(sources={"notes": source | notes, "papers": papers})


def _run(flow: Flow, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(flow.folder), *arguments])


def test_a_missing_folder_fails_its_source_alone_and_deletes_nothing(flow):
    _configure(flow, url="nowhere")
    held = flow.lake.read("chunks").num_rows
    ingested = _run(flow, "ingest", "--json")
    assert ingested.exit_code == 3
    notes, papers = map(json.loads, ingested.stdout.splitlines())
    assert notes["failed_checks"] == ["notes/documents: listing_is_complete"]
    assert papers["failed_checks"] == []
    assert papers["stages"]["documents"]["rows_written"] == 1
    assert flow.lake.read("chunks").num_rows == held + 1
    (incident,) = incidents.unresolved(flow.lake)
    assert incident["source"] == "notes"
    assert GONE in incident["message"]

    assert json.loads(_run(flow, "search", "spade", "--json").stdout.splitlines()[0])
    status = json.loads(_run(flow, "status", "--json").stdout)
    assert (status["balanced"], status["open_incidents"]) == (True, 1)
    assert _run(flow, "doctor").exit_code == 0
    assert _run(flow, "maintain").exit_code == 0
    assert _run(flow, "ingest", "--source", "papers").exit_code == 0
    foreseen = map(json.loads, _run(flow, "ingest", "--dry-run", "--json").stdout.splitlines())
    assert [GONE in source["refused"] for source in foreseen] == [True, False]

    _configure(flow)
    assert _run(flow, "ingest").exit_code == 0
    assert incidents.unresolved(flow.lake) == []


@pytest.mark.slow
def test_buckets_out_of_reach_fail_their_sources_alone(flow, monkeypatch):
    monkeypatch.setattr("doclake.sources.s3.ANSWER_SECONDS", 5.0)
    with silent_server() as address:
        hangs = {"endpoint_url": f"http://{address}", "config_kwargs": {"read_timeout": 3}}
        refuses = {"endpoint_url": "http://127.0.0.1:9"}
        flow.configure(
            sources={
                "a_hangs": {"url": "s3://bucket", "storage_options": hangs},
                "a_refuses": {"url": "s3://bucket", "storage_options": refuses},
                "a_unknown": {"url": "nosuch://bucket"},
                "papers": {"url": "papers", "access": ["everyone"], "buckets": 1},
            }
        )
        ingested = _run(flow, "ingest", "--json")
    assert ingested.exit_code == 1
    alarm = "finished, 1 alarm waits for a person (listing_is_complete), nobody may see it."
    *_, hangs, refuses, unknown = ingested.stderr.splitlines()
    assert (hangs, refuses) == (f"a_hangs: {alarm}", f"a_refuses: {alarm}")
    assert unknown == "a_unknown: failed."
    papers = json.loads(ingested.stdout.splitlines()[-1])
    assert (papers["source"], papers["success"]) == ("papers", True)
    assert papers["stages"]["documents"]["rows_written"] == 1
    told = {row["source"]: row["message"] for row in incidents.unresolved(flow.lake)}
    assert told.keys() == {"a_hangs", "a_refuses", "a_unknown"}
    assert "no answer within 5 s" in told["a_hangs"]
    assert "Could not connect" in told["a_refuses"]
    assert "nosuch" in told["a_unknown"]
