"""A command that is given something wrong says what was meant."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest

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
