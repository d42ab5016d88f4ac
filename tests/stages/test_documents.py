"""The registry against the listing, a few buckets at a time."""

from __future__ import annotations

import shutil

import pytest

from doclake.errors import SettingsError
from doclake.stages import documents
from doclake.stages.plans import documents as plan
from doclake.stages.plans.documents import compare, listing
from doclake.stages.report import StageReport


def _compared(flow):
    context = flow.context()
    source = flow.project.open_source("notes")
    listed, _ = listing(source, context, StageReport("documents"))
    return compare(context, listed)


def test_the_buckets_taken_at_once_change_nothing(flow, monkeypatch):
    flow.write("new.txt", "New.\n")
    flow.write("tools.txt", "The spade is lost.\n")
    (flow.documents / "copy.md").unlink()
    together = _compared(flow)
    monkeypatch.setattr(plan, "BUCKETS_AT_ONCE", 1)
    apart = _compared(flow)
    for found in (together, apart):
        assert sorted(found.changed["path"].to_pylist()) == ["new.txt", "tools.txt"]
        assert found.gone["path"].to_pylist() == ["copy.md"]
        assert found.live == 5


def test_a_mount_point_that_is_not_empty_takes_no_document_with_its_mount(flow):
    shutil.rmtree(flow.documents)
    flow.write("lost+found/.keep", "")
    report = documents.run(flow.context())
    assert [alarm.code for alarm in report.alarms] == ["deletion_refused"]
    assert "deleted" not in report.counts
    assert documents.run(flow.context(allow_deletions=True)).counts["deleted"] == 5


def test_a_source_that_may_be_empty_loses_its_last_documents(flow):
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "allow_empty": True}
    flow.configure(sources={"notes": source})
    shutil.rmtree(flow.documents)
    flow.documents.mkdir()
    assert documents.run(flow.context()).counts["deleted"] == 5


@pytest.mark.parametrize("buckets", [2, 8])
def test_another_number_of_buckets_is_refused_before_anything_is_touched(flow, buckets):
    before = flow.lake.version("documents")
    source = {"url": "documents", "access": ["everyone"], "buckets": buckets}
    flow.configure(sources={"notes": source})
    with pytest.raises(SettingsError, match=r"sources\.notes\.buckets") as refused:
        documents.run(flow.context())
    assert refused.value.problems[0][2].startswith("4")
    assert flow.lake.version("documents") == before
