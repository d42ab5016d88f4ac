"""`doclake status` says what is not as it must be, and exits with 1."""

from __future__ import annotations

import json

import pytest
import typer

from doclake_dagster.pipelines.cli import console, status
from tests.flow import MODEL


@pytest.fixture
def narrowed(flow, monkeypatch):
    monkeypatch.setattr(console, "config", flow.folder / "doclake.yaml")
    source = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.configure(sources={"notes": source})
    return flow


def test_an_access_list_that_no_run_has_applied_is_told_with_what_to_run(narrowed, capsys):
    with pytest.raises(typer.Exit) as left:
        status.command(json=False)
    assert left.value.exit_code == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "notes: 5 documents have another access list" in told
    assert "doclake ingest --source notes" in told
    narrowed.run()
    status.command(json=False)


@pytest.mark.slow
def test_documents_that_gave_less_than_they_hold_are_told_and_counted(short, command, capsys):
    command("ingest")
    capsys.readouterr()
    assert command("status") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "notes: 2 documents held text and have no chunk, 0 are thin" in told
    assert told.count("2 documents held text") == 1  # the incident says it, too
    command("status", "--json")
    counted = json.loads(capsys.readouterr().out)
    assert (counted["no_chunk"], counted["thin"], counted["open_incidents"]) == (2, 0, 1)


def test_it_is_a_count_in_json(narrowed, capsys):
    with pytest.raises(typer.Exit):
        status.command(json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["sources"]["notes"]["other_access"] == told["other_access"] == 5


@pytest.mark.slow
def test_rows_of_an_old_recipe_are_named_with_what_to_run(flow, command, capsys):
    flow.configure(
        recipe={"extract": {"hidden_text": "include"}, "chunk": {"max_tokens": 64}},
        embedding=MODEL | {"late_interaction": False},
    )
    assert command("status") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "notes: 4 extracted, 4 cut, 4 embedded by an old recipe: doclake ingest --source notes"
        in told
    )
    flow.run()
    command("status", "--json")
    told = json.loads(capsys.readouterr().out)["sources"]["notes"]["old_recipe"]
    assert told == dict.fromkeys(("extracted", "cut", "judged", "embedded", "other_policy"), 0)


@pytest.mark.slow
def test_documents_behind_the_policy_for_personal_data_are_counted_by_source(
    flow, command, capsys, monkeypatch
):
    flow.write("hut.txt", "The warden of the hut answers at 010-1234-5678.\n")
    flow.run()
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a-key-of-many-letters-for-tests")
    flow.configure(recipe={"personal_data": {"phone": "hash"}})
    assert command("status") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "notes: 1 under another policy for personal data: doclake ingest" in told
    monkeypatch.delenv("DOCLAKE_PERSONAL_DATA_KEY")  # nobody can tell which key made the rows
    assert command("status") == 0
    assert "another policy" not in capsys.readouterr().err
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a-key-of-many-letters-for-tests")
    flow.run()
    command("status", "--json")
    told = json.loads(capsys.readouterr().out)["sources"]["notes"]["old_recipe"]
    assert told["other_policy"] == 0


@pytest.mark.slow
def test_an_index_that_is_held_back_is_told_once_and_counts_the_vectors_that_wait(
    flow, command, capsys
):
    flow.write("log.md", "\n\n".join(f"On day {day} the tide rose." for day in range(40)))
    flow.run()
    fewer = {"chunk": {"max_tokens": 64}}
    flow.configure(recipe=fewer, embedding=MODEL | {"late_interaction": False})
    flow.run()
    command("index", "rollback")
    command("ingest")
    capsys.readouterr()
    assert command("status") == 0
    told = capsys.readouterr()
    assert " ".join(told.err.split()).count("do not take over: it was rolled back by hand") == 1
    command("status", "--json")
    counted = json.loads(capsys.readouterr().out)
    assert counted["open_incidents"] == 1
    assert counted["chunks"] == counted["vectors"] > counted["indexed"]
