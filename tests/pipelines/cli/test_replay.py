"""`doclake replay` says what it did, and an ingest what waits for a person."""

from __future__ import annotations

import json

import pymupdf
import pytest


@pytest.mark.slow
def test_a_replay_says_how_many_succeeded_and_which_failed_again_and_why(flow, command, capsys):
    for number in range(6):
        flow.write(f"broken {number}.pdf", "%PDF-1.7\nthis is no PDF at all\n")
    command("ingest")
    capsys.readouterr()
    assert command("replay", "--reason", "malformed") == 0
    told = capsys.readouterr().out
    assert "Replayed 7 documents: 0 succeeded, 7 failed again, 0 untouched.\n" in told
    assert told.count(": malformed: Not a readable PDF") == 5
    assert "… and 2 more: doclake failures" in told


@pytest.mark.slow
def test_what_is_only_marked_is_told_and_done_by_the_next_run(flow, command, capsys):
    assert command("replay", "--no-run") == 0
    assert capsys.readouterr().out == "Marked 1 document; the next run does it again.\n"
    with pymupdf.open() as sound:
        sound.new_page().insert_text((72, 72), "The mole reaches far into the bay.")
        sound.save(flow.documents / "broken.pdf")
    assert command("replay", "--document", "broken.pdf", "--json") == 0
    *_, done = map(json.loads, capsys.readouterr().out.splitlines())
    assert done == {"asked": 1, "succeeded": 1, "failed": 0, "untouched": 0, "gone": 0}


def test_a_replay_of_nothing_says_so(flow, command, capsys):
    for chosen in (("--reason", "timeout"), ("--document", "garden.md")):
        assert command("replay", *chosen) == 0
        assert capsys.readouterr().out == (
            "Nothing to replay: no document that matches has failed or has chunks in quarantine. "
            "`doclake failures` lists all that have.\n"
        )


@pytest.mark.parametrize("chosen", [("--reason", "no_such_reason"), ("--document", "gardn.md")])
def test_a_reason_and_a_document_that_there_is_not_are_mistakes(flow, command, capsys, chosen):
    assert command("replay", *chosen) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"No {chosen[0].removeprefix('--')} {chosen[1]}" in told.err


@pytest.mark.slow
def test_the_last_line_of_an_ingest_tells_of_failures(flow, command, capsys):
    assert command("ingest") == 0
    told = capsys.readouterr()
    assert "succeeded" not in told.out + told.err
    assert told.err.splitlines()[-1] == (
        "notes: finished, 1 document failed. See `doclake failures --source notes`."
    )


@pytest.mark.slow
def test_a_source_that_names_no_readers_is_told_once_with_the_line_that_mends_it(
    flow, command, capsys
):
    letters = flow.folder / "letters"
    letters.mkdir()
    (letters / "first.txt").write_text("The kettle is blue.")
    flow.configure(sources={"letters": {"url": "letters", "buckets": 1}})
    assert command("ingest") == 0
    told = capsys.readouterr().err
    assert told.count("no search finds it") == 1
    assert "\n    access: [everyone]\n" in told
    flow.configure(sources={"letters": {"url": "letters", "buckets": 1, "access": ["everyone"]}})
    assert command("ingest") == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "letters: succeeded."
    assert "access" not in told.err
