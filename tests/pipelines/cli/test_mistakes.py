"""A command that is given something wrong says what was meant."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version

import pymupdf
import pytest

from doclake import clock
from doclake.lake.scope import Scope
from doclake.tables.upgrades import UPGRADES
from doclake_dagster.pipelines.cli.app import main


def _told(monkeypatch, capsys, *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["doclake", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out + err


def test_the_version_is_that_of_the_package(monkeypatch, capsys):
    assert _told(monkeypatch, capsys, "--version") == (0, f"doclake {version('doclake')}\n")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["serch", "kelp"], "Did you mean 'search'"),
        (["ingest", "--sorce", "notes"], "--source"),
        (["failures", "--source", "nots"], "No source nots; did you mean notes? Sources: notes."),
        (["ingest", "--source", "nots"], "No source nots; did you mean notes? Sources: notes."),
        (["ingest", "--source", "mail"], "No source mail. Sources: notes."),
    ],
)
def test_a_misspelt_word_is_answered_with_the_right_one(
    monkeypatch, capsys, tmp_path, arguments, meant
):
    (tmp_path / "doclake.yaml").write_text("sources: {notes: {url: documents}}")
    monkeypatch.chdir(tmp_path)
    code, told = _told(monkeypatch, capsys, *arguments)
    assert code == 2
    assert meant in told


def test_a_long_path_is_not_broken_over_two_lines(monkeypatch, capsys, tmp_path):
    folder = tmp_path / "a folder with a long name that has blanks" / ("and many words " * 8)
    code, told = _told(monkeypatch, capsys, "--config", str(folder / "doclake.yaml"), "status")
    assert code == 2
    assert str(folder) in told


LISTED = "sources:\n  notes:\n    url: documents\n    access: [everyone]\n    buckets: 1\n"
OF_PROGRAMS = re.compile(
    r"Traceback|Error\b|Exception|Errno|<class|None\b|Input should|String should|\\[a-z]|\[\^|"
    r"\(\?|block end|pydantic|clone3"
)
"""What no message shows: names of classes, regular expressions, words of libraries."""


@pytest.mark.parametrize(
    ("settings", "arguments", "meant"),
    [
        (LISTED, ["plan", "--documents", "many", "--pages", "1"], "give a whole number"),
        (LISTED, ["plan", "--documents", "0", "--pages", "1"], "give at least 1"),
        (LISTED, ["plan", "--pages", "1"], "--documents"),
        (LISTED, ["search", "x", "--since", "yesterday"], "a day such as 2026-03-31"),
        (LISTED, ["search", "x", "--type", "pdff"], "a suffix such as pdf"),
        (LISTED, ["search", "x", "--language", "Korean"], "such as en or ko"),
        (LISTED, ["search", "x", "--meta", "author"], "NAME=TEXT"),
        (LISTED, ["search"], "--queries"),
        (LISTED, ["search", "--queries", "nothing.jsonl"], "No such file"),
        (LISTED, ["extract", "nothing.pdf"], "No file at nothing.pdf"),
        (LISTED, ["extract", "documents"], "documents is a folder"),
        (LISTED, ["incidents", "--ack", "1"], "No open incident 1"),
        (LISTED, ["metrics", "--dashboard", "--alerts"], "Give either --dashboard or --alerts"),
        (LISTED, ["extract", "a.md", "--markdown", "--json"], "Give either --json or --markdown"),
        (LISTED, ["extract", "a.pdf", "--html", "b", "--json"], "Give either --json or --html"),
        (LISTED, ["tables", "--sql", "--json"], "Give either --sql or --json"),
        (LISTED, ["erase", "--certificates", "--document", "a"], "--certificates or --document"),
        (LISTED, ["erase", "--allow-again", "a"], "`doclake erase --certificates`"),
        (LISTED, ["where"], "`doclake ingest` reads"),
        (LISTED, ["where", "nope.txt"], "`doclake where` lists those"),
        (LISTED, ["where", "--bucket", "99"], "Buckets: notes 00 to 00."),
        (LISTED, ["lineage", "nope.txt"], "`doclake where` lists"),
        (LISTED, ["quarantine", "show", "nope"], "`doclake quarantine list`"),
        (LISTED, ["quarantine", "drop", "nope", "--reason", "x"], "`doclake quarantine list`"),
        (LISTED, ["replay", "--reason", "malformd"], "did you mean malformed? Reasons: "),
        (LISTED, ["replay", "--document", "nope.txt"], "`doclake where` lists the documents"),
        (LISTED, ["export", "nope"], "Write it under `exports` in doclake.yaml"),
        (
            LISTED + "exports: {texts: {}}\n",
            ["export", "text"],
            "did you mean texts? Exports: texts.",
        ),
        (LISTED, ["init", "doclake.yaml"], "doclake.yaml is a file. Name a folder"),
        (LISTED, ["init", "doclake.yaml/x"], "Name a folder that you may make"),
        (LISTED, ["remove", "notes"], "Take it out of doclake.yaml first"),
        (LISTED, ["remove", "letters"], "no source letters"),
        (LISTED, ["search", "x"], "doclake ingest"),
        (LISTED, ["index", "rollback"], "index"),
        ("", ["ingest"], "doclake init DIR"),
        ("just words", ["status"], "a mapping of settings"),
        ("sources:\n", ["status"], "found nothing; expected: a mapping"),
        ("sources:\n  notes:\n    url: a\n   access: []\n", ["status"], "line 4, column 4: an ind"),
        ("sources:\n\tnotes: {}\n", ["status"], "line 2, column 1: a tab"),
        ('lake: "here\n', ["status"], "quotes are not closed"),
        ("a: b: c\n", ["status"], "a second colon"),
        ("lake: [a, b\n", ["status"], "not closed"),
        (LISTED + "recipe: {chunk: {max_tokens: 0}}\n", ["status"], "line 6: recipe.chunk.max_tok"),
        (LISTED + "lake: doclake.yaml\n", ["status"], "The lake is a file"),
    ],
)
def test_a_mistake_is_one_message_in_words(
    monkeypatch, capsys, tmp_path, settings, arguments, meant
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "documents").mkdir()
    (tmp_path / "doclake.yaml").write_text(settings)
    code, told = _told(monkeypatch, capsys, *arguments)
    assert code in (1, 2)
    assert meant in told
    assert not OF_PROGRAMS.search(told), told
    assert len(told.replace("doclake.yaml is wrong:\n", "").splitlines()) == 1, told


@pytest.mark.slow
def test_documents_that_cannot_be_had_are_told_in_words(flow, command, capsys):
    """Of an ingest: a folder that is empty, one that is not there, one that is a file, a place of
    no kind, an encrypted document."""
    for name in ("empty", "locked"):
        (flow.folder / name).mkdir()
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Nobody reads this.")
        locked = flow.folder / "locked" / "locked.pdf"
        document.save(locked, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="kelp")
    places = {"empty": "empty", "gone": "gone", "locked": "locked", "file": "documents/tools.txt"}
    places["kind"] = "nosuch://place/of"
    listed = {
        name: {"url": url, "access": ["everyone"], "buckets": 1} for name, url in places.items()
    }
    flow.configure(sources=listed)
    assert command("ingest") == 1
    told = capsys.readouterr()
    for meant in ("nothing there", "No such file", "Not a directory", "is encrypted", "nosuch"):
        assert (told.out + told.err).count(meant) == 1 + (meant == "nosuch"), meant
    assert not OF_PROGRAMS.search(told.out + told.err)
    assert told.err.splitlines()[-1] == "kind: failed."


def test_a_lake_of_a_newer_version_is_refused_and_left_as_it_is(flow, command, capsys):
    step = [{"step": "of_tomorrow", "applied_at": clock.now()}]
    flow.lake.replace("upgrades", Scope(where={"step": ["of_tomorrow"]}), UPGRADES.arrow(step))
    for arguments in (["status"], ["ingest"], ["failures"], ["search", "pond"]):
        assert command(*arguments) == 1, arguments
        told = "".join(capsys.readouterr())
        assert "of a newer Doclake" in told, arguments
        assert not OF_PROGRAMS.search(told), told
