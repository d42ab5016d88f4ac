"""A passage of a document that nobody has changed for too long says so, at the moment one asks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from doclake import Project

NOTES = {"url": "documents", "access": ["everyone"], "buckets": 4}
QUESTION = "Where does the spade hang?"


def _age(flow):
    then = (datetime.now(UTC) - timedelta(days=400)).timestamp()
    os.utime(flow.write("tools.txt", "The spade hangs by the old door.\n"), (then, then))
    flow.run()


def _flags(project):
    return {hit.path: hit.flags for hit in project.search(QUESTION, k=5)}


def test_a_passage_is_outdated_by_the_settings_of_the_moment(flow):
    _age(flow)
    assert _flags(Project.open(flow.folder))["tools.txt"] == []
    flow.configure(sources={"notes": NOTES | {"stale_after": "365d"}})
    found = _flags(Project.open(flow.folder))
    assert found["tools.txt"] == ["outdated"]
    assert found["garden.md"] == []
    flow.configure(sources={"notes": NOTES | {"stale_after": "500d"}})
    assert _flags(Project.open(flow.folder))["tools.txt"] == []


def test_every_door_shows_it_in_the_same_field(flow, command, capsys):
    _age(flow)
    flow.configure(sources={"notes": NOTES | {"stale_after": "365d"}})
    assert command("search", "-k", "1", QUESTION) == 0
    assert "tools.txt  (outdated)" in capsys.readouterr().out
    assert command("search", "-k", "1", "--json", QUESTION) == 0
    assert '"flags": ["outdated"]' in capsys.readouterr().out
