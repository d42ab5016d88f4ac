"""What closes a document and was not seen yet is not passed over when its source is opened."""

from __future__ import annotations

import pytest
import yaml

from doclake.search.filters import access_filter
from doclake.stages.plans.undone import undone

KIM, HR = "user:kim", "group:인사"
EVERY = {"garden.md", "copy.md", "tools.txt", "정원.txt"}


def _ask_sidecars(flow):
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "access_from": ["sidecar"]}
    flow.configure(sources={"notes": source})


def _seen(flow, *principals):
    """Paths of the rows of the index that a search may give them."""
    project = flow.project.today()
    lists = {name: its.access for name, its in project.settings.sources.items()}
    _, rows = project.index.require()
    found = rows.to_table(columns=["path"], filter=access_filter(project.asker(principals), lists))
    return set(found["path"].to_pylist())


@pytest.fixture
def closed(flow):
    """Only `HR` may read the source; a sidecar, which nobody asks yet, leaves a folder to `KIM`."""
    flow.configure(sources={"notes": {"url": "documents", "access": [HR], "buckets": 4}})
    flow.write("closed/note.txt", "A note in a folder.\n")
    flow.write("closed/.access.yaml", yaml.safe_dump({"allow": [KIM]}))
    flow.run()
    return flow


@pytest.mark.parametrize("sidecar_only", [False, True])
def test_what_no_listing_has_shown_is_not_opened_with_the_rest(closed, monkeypatch, sidecar_only):
    """`closed` cannot be listed, or it breaks off before its sidecar, which alone is missed."""
    folder = type(closed.project.open_source("notes"))
    entries = folder._entries

    def torn(self):
        for entry in entries(self):
            if not entry.path.startswith("closed/.access" if sidecar_only else "closed/"):
                yield entry
        self._failed("closed", "Permission denied", "closed/")

    _ask_sidecars(closed)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "_entries", torn)
        for text in ("A note that was mended.\n", "A note that was mended again.\n"):
            report = closed.run()["documents"]
            assert [alarm.code for alarm in report.alarms] == ["listing_incomplete"]
            assert _seen(closed) == _seen(closed, KIM) == EVERY
            assert "closed/note.txt" in _seen(closed, HR)
            assert undone(closed.project, "notes").total() == 0  # nor is it asked for again
            closed.write("closed/note.txt", text)
    closed.run()
    assert _seen(closed) == _seen(closed, HR) == EVERY
    assert "closed/note.txt" in _seen(closed, KIM)
    assert closed.findings() == []


def test_a_project_opened_before_the_places_were_asked_opens_nothing(closed):
    old = closed.project
    _ask_sidecars(closed)
    new, closed.project = closed.project, old
    closed.write("closed/new.txt", "A note that nobody knew before.\n")
    closed.run()
    assert _seen(closed) == _seen(closed, KIM) == set()
    assert "closed/new.txt" not in _seen(closed, HR)
    assert undone(closed.project, "notes").total() == 0
    closed.project = new
    closed.run()
    assert _seen(closed) == _seen(closed, HR) == EVERY
    assert _seen(closed, KIM) == EVERY | {"closed/note.txt", "closed/new.txt"}
