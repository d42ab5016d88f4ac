"""`doclake repair`, and what the other commands say of a damaged file until then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.damaged import KINDS, file_of

MEND = "`doclake repair` makes its rows anew from chunks."


def _lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.slow
def test_an_ingest_fails_over_a_damaged_file_until_it_is_repaired(flow, command, capsys):
    file = file_of(flow, "embeddings")
    KINDS["truncated"](file)
    path = str(file.relative_to(flow.lake.url))

    assert command("ingest", "--json") == 1
    (failed,) = _lines(capsys)
    assert failed["error"].startswith(f"lake_damaged: notes/01: embeddings: {path} holds ")
    assert failed["error"].endswith(MEND)

    assert command("status") == 1
    told = capsys.readouterr()
    assert f"notes/01: embeddings: {path} holds " in told.err
    assert "doclake repair" in told.err
    assert "notes" in told.out
    command("incidents", "--json")
    assert MEND in _lines(capsys)[0]["message"]

    assert command("repair", "--dry-run") == 0
    shown = capsys.readouterr()
    assert f"{path} holds " in shown.out
    assert "is made anew from chunks" in shown.out
    assert "Nothing was changed." in shown.err
    assert command("repair") == 2  # nobody is there to be asked
    capsys.readouterr()

    assert command("repair", "--yes", "--json") == 0
    repaired, ran = _lines(capsys)
    assert (repaired["file"], repaired["made_from"]) == (path, "chunks")
    assert (ran["source"], ran["success"]) == ("notes", True)
    assert command("doctor") == 0
    assert command("status") == 0
    assert command("incidents") == 0
    assert "No incidents." in capsys.readouterr().out
    assert command("repair") == 0
    assert "Nothing is damaged." in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("table", ["documents", "elements", "metadata", "chunks", "ledger"])
def test_an_ingest_with_nothing_to_do_notices_a_file_that_is_gone(flow, table, command, capsys):
    KINDS["deleted"](file_of(flow, table))
    assert command("ingest", "--json") == 1
    (failed,) = _lines(capsys)
    assert failed["error"].startswith(f"lake_damaged: notes/01: {table}: ")


def test_a_page_that_only_reading_shows_to_be_damaged_is_named_by_the_run_that_reads_it(
    flow, command, capsys
):
    KINDS["flipped"](file_of(flow, "elements"))
    flow.configure(recipe={"chunk": {"max_tokens": 64}})
    assert command("ingest", "--json") == 1
    (failed,) = _lines(capsys)
    assert failed["error"].startswith("lake_damaged: notes/01: elements: ")


@pytest.mark.slow
def test_a_damaged_index_is_made_anew(flow, command, capsys):
    KINDS["overwritten"](next(Path(flow.lake.url, "index").glob("chunks_*/data/*")))
    assert command("ingest", "--json") == 1
    assert "`doclake repair` makes it anew" in str(_lines(capsys)[0]["error"])
    assert command("status") == 1
    assert command("repair", "--yes") == 0
    assert command("status") == 0


def test_the_doctor_names_the_file_in_json(flow, command, capsys):
    file = file_of(flow, "chunks")
    KINDS["flipped"](file)
    capsys.readouterr()
    assert command("doctor", "--json") == 1
    _, found = _lines(capsys)
    assert found["file"] == str(file.relative_to(flow.lake.url))
    assert (found["table"], found["source"], found["bucket"]) == ("chunks", "notes", "01")


def test_status_shows_the_rest_where_reading_finds_what_a_look_does_not(flow, command, capsys):
    file = file_of(flow, "elements")
    content = file.read_bytes()
    file.write_bytes(content[:4] + bytes(1_000) + content[1_004:])  # its footer is whole
    assert command("status", "--json") == 1
    (told,) = _lines(capsys)
    (file,) = told["damaged_files"]
    assert (file["table"], file["bucket"], file["mend"]) == ("elements", "01", "doclake repair")
    assert told["sources"]["notes"]["balanced"]


def test_what_stands_nowhere_else_is_left_alone_with_what_can_be_done(flow, command, capsys):
    KINDS["deleted"](file_of(flow, "ledger"))
    assert command("repair", "--yes") == 1
    assert "put the file back from a backup" in capsys.readouterr().err
