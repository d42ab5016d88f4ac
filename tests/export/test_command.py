"""doclake export"""

from __future__ import annotations

import json

import pytest

from tests.export.conftest import ENGLISH, bytes_of


@pytest.mark.slow
def test_the_command_makes_shows_and_makes_again(stocked, command, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(stocked.folder))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "held.jsonl").write_text(json.dumps({"text": ENGLISH["ferry"]}))
    options = ["--to", "jsonl", "--where", "tokens > 5", "--weight", "notes=3", "--weight"]
    options += ["wiki=1", "--validation", "0.3", "--seed", "4", "--pack-tokens", "128"]
    assert command("export", *options, "-o", "made", "--decontaminate", "held.jsonl") == 0
    told = capsys.readouterr().out
    assert "contaminated 2" in told
    assert "sequences of 128" in told
    assert command("export", "--manifest", "made", "-o", "again") == 0
    assert "is what it was" in capsys.readouterr().out
    assert bytes_of(tmp_path / "made") == bytes_of(tmp_path / "again")
    assert command("export", "-o", "plain", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 20
    assert command("audit", "--json", "--action", "export") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["source"], row["row_count"]) for row in rows[:2]} == {("notes", 16), ("wiki", 4)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "--output says where"),
        (("nope", "-o", "x"), "No export nope"),
        (("-o", "x", "--to", "excel"), "to: found"),
        (("-o", "x", "--weight", "notes"), "SOURCE=NUMBER"),
        (("-o", "x", "--manifest", "m", "--seed", "1"), "A manifest says all"),
    ],
)
def test_the_command_refuses_in_words(
    stocked, command, monkeypatch, capsys, tmp_path, options, told
):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(stocked.folder))
    monkeypatch.chdir(tmp_path)
    assert command("export", *options) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
