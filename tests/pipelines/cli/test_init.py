"""`doclake init` says what to type next."""

from __future__ import annotations

import shlex

import pytest

NEXT = "doclake check && doclake ingest && doclake search 'welcome'"


@pytest.mark.parametrize("folder", ["notes", "our notes", "it's 2026"])
def test_what_to_type_next_leads_into_the_new_folder(
    command, monkeypatch, capsys, tmp_path, folder
):
    monkeypatch.chdir(tmp_path)
    assert command("init", folder) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if NEXT in line)
    enter = line.removeprefix("Now: ").removesuffix(f" && {NEXT}")
    assert shlex.split(enter) == ["cd", folder]


def test_nobody_is_sent_into_the_folder_where_they_are(command, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert command("init", ".") == 0
    assert f"Now: {NEXT}\n" in capsys.readouterr().out
