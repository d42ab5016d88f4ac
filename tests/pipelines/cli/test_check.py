"""doclake check"""

from __future__ import annotations

import json

from typer.testing import CliRunner

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.app import app


def test_it_prints_a_line_for_each_check_and_fails_only_if_one_does(flow):
    config = ["--config", str(flow.folder)]
    sound = CliRunner().invoke(app, [*config, "check", "--json"])
    rows = {row.pop("check"): row for row in map(json.loads, sound.stdout.splitlines())}
    assert sound.exit_code == 0
    assert {"settings", "source notes", "lake", "embedding model", "Tesseract"} <= set(rows)
    assert set(rows["lake"]) == {"state", "found", "mend"}

    flow.documents.rename(flow.folder / "away")
    missing = CliRunner().invoke(app, [*config, "check", "--json"])
    rows = {row.pop("check"): row for row in map(json.loads, missing.stdout.splitlines())}
    assert missing.exit_code == 1
    assert [name for name, row in rows.items() if row["state"] == "failed"] == ["source notes"]


def test_settings_that_are_wrong_are_a_finding_and_no_crash(tmp_path, capsys):
    (tmp_path / "doclake.yaml").write_text("sources: {notes: {path: documents}}\n")
    done = CliRunner().invoke(app, ["--config", str(tmp_path), "check", "--json"])
    assert done.exit_code == 1
    assert "sources.notes.url" in done.stdout


def test_no_key_and_no_path_is_cut_on_a_narrow_terminal(tmp_path, monkeypatch):
    place = tmp_path / "a folder with a long name" / "another one"
    settings = {
        "lake": str(place),
        "sources": {"notes": {"url": str(place / "documents")}},
        "recipe": {"extract": {"transcription": {"url": "ftp://example.org", "model": "ear"}}},
    }
    (tmp_path / "doclake.yaml").write_text(json.dumps(settings))
    monkeypatch.setattr(console.out, "_width", 40)
    told = CliRunner().invoke(app, ["--config", str(tmp_path), "check"]).stdout
    assert "recipe.extract.transcription.url: 'ftp://example.org'" in told
    del settings["recipe"]
    (tmp_path / "doclake.yaml").write_text(json.dumps(settings))
    told = CliRunner().invoke(app, ["--config", str(tmp_path), "check"]).stdout
    assert str(place / "documents") in told
