"""What runs on a node, without a cluster around it."""

from __future__ import annotations

import pickle

import pytest

from doclake.settings import Settings
from doclake.sources import open_source
from doclake.stages.executors.actor import (
    ExtractingActor,
    Sample,
    Sent,
    sample_of,
    versions,
)


@pytest.fixture
def actor(flow):
    actor = ExtractingActor()
    source = open_source("notes", flow.project.source("notes"), flow.settings)
    actor.sees_source = actor.begin("notes", flow.settings, 1, sample_of(source, "garden.md"))
    yield actor
    actor.end()


def test_an_actor_reads_the_source_itself_where_it_sees_the_same_file(actor):
    assert actor.sees_source
    ((doc_id, tree),) = actor.extract([Sent("00", "d1", "garden.md", None, None)])
    assert (doc_id, tree[0].error, tree[0].elements.num_rows) == ("d1", None, 4)


def test_an_actor_that_sees_another_file_under_the_name_does_not_read_by_itself(flow):
    source = open_source("notes", flow.project.source("notes"), flow.settings)
    seen = sample_of(source, "garden.md")
    copy = flow.documents / "copy"
    copy.write_bytes((flow.documents / "garden.md").read_bytes())
    copy.rename(flow.documents / "garden.md")
    with_copy = ExtractingActor()
    assert not with_copy.begin("notes", flow.settings, 1, seen)
    assert not with_copy.begin("notes", flow.settings, 1, Sample("gone.md", None))
    with_copy.end()


def test_what_an_actor_cannot_read_the_driver_is_asked_for(actor):
    given = actor.extract(
        [Sent("00", "d1", "gone.md", None, 9), Sent("00", "d2", "gone.md", None, 9, b"Here it is.")]
    )
    assert given[0] == ("d1", None)
    assert given[1][1][0].elements.num_rows == 1


def test_the_readers_of_an_actor_and_the_libraries_behind_them_are_compared():
    facts = versions()
    assert facts["its reader of PDF"]
    assert {"Python", "doclake", "pymupdf", "its code of extraction"} <= facts.keys()


def test_no_secret_goes_to_an_actor(flow, monkeypatch):
    from doclake.stages.executors.ray import RayExecutor

    monkeypatch.setenv("DOCLAKE_ALERTS__WEBHOOK", "https://hooks.example.org/hush")
    flow.configure(processing={"workers": 1, "executor": "ray"})
    assert flow.settings.alerts.are_set
    told = pickle.dumps(RayExecutor("notes", flow.settings, 1)._settings)
    assert b"hush" not in told
    assert isinstance(pickle.loads(told), Settings)
