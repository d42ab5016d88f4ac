"""The operator's commands refuse a source that does not exist, by name and not by a traceback."""

from __future__ import annotations

import pytest

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console, failures, incidents, replay


@pytest.mark.parametrize("name", ["nope", "not a name", "x;"])
@pytest.mark.parametrize("command", [failures.command, incidents.command, replay.command])
def test_a_source_that_does_not_exist_is_refused(flow, monkeypatch, command, name):
    monkeypatch.setattr(console, "config", flow.folder / "doclake.yaml")
    with pytest.raises(SettingsError, match="Sources: notes"):
        command(source=name)


def test_a_source_that_only_the_lake_knows_is_accepted(flow, monkeypatch, capsys):
    flow.configure(sources={"letters": {"url": "documents"}})
    monkeypatch.setattr(console, "config", flow.folder / "doclake.yaml")
    failures.command(source="notes", json=True)
    assert "broken.pdf" in capsys.readouterr().out
