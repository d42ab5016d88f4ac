"""What no event may lose: a run is asked for where something registered is not done."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import dagster as dg
import pytest

from doclake import clock, ids
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import documents, elements
from doclake.stages.plans.undone import undone
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors import reconcile


def _tick(flow, instance, ticks=2):
    """The last of some ticks, each with the cursor of the one before."""
    repository = build_definitions(flow.project).get_repository_def()
    sensor, cursor = repository.get_sensor_def("reconcile_notes"), None
    for _ in range(ticks):
        context = dg.build_sensor_context(
            instance=instance, repository_def=repository, cursor=cursor
        )
        tick = sensor.evaluate_tick(context)
        cursor = tick.cursor
    return tick


def _bucket(name):
    return ids.bucket(ids.doc_id("notes", name), 4)


def test_when_all_is_done_nothing_runs(flow, instance):
    tick = _tick(flow, instance)
    assert not tick.run_requests
    assert "done" in tick.skip_message


def test_a_document_that_only_the_registry_knows_is_asked_for(flow, instance):
    flow.write("late.txt", "Registered by a run that died before it was extracted.\n")
    documents.run(flow.context())
    assert sorted(undone(flow.project, "notes")) == [_bucket("late.txt")]
    assert "again before it asks" in _tick(flow, instance, ticks=1).skip_message
    (request,) = _tick(flow, instance).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == _bucket("late.txt")
    assert request.tags["dagster/asset_partition_range_end"] == _bucket("late.txt")
    assert request.tags["doclake/trigger"] == "reconcile"


def test_what_is_behind_is_asked_for_group_by_group(flow, instance):
    flow.configure(processing={"group_documents": 1})
    names = (f"late-{number}.txt" for number in itertools.count())
    behind = {}
    while len(behind) < 2:
        name = next(names)
        behind.setdefault(_bucket(name), name)
    for name in behind.values():
        flow.write(name, f"The note {name}.\n")
    documents.run(flow.context())
    tags = [request.tags for request in _tick(flow, instance).run_requests]
    assert [t["dagster/asset_partition_range_start"] for t in tags] == sorted(behind)
    assert [t["dagster/asset_partition_range_end"] for t in tags] == sorted(behind)


def test_an_access_list_that_no_run_has_applied_is_asked_for(flow):
    source = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.configure(sources={"notes": source})
    held = {row["bucket"] for row in flow.lake.read("documents").to_pylist()}
    assert sorted(undone(flow.project, "notes")) == sorted(held)
    flow.run()
    assert sorted(undone(flow.project, "notes")) == []


def test_a_code_location_that_was_loaded_long_ago_sees_the_access_list_of_today(flow, instance):
    source = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.write_settings(flow.folder, sources={"notes": source})
    assert _tick(flow, instance).run_requests
    documents.run(flow.context())
    assert not _tick(flow, instance).run_requests
    flow.write_settings(flow.folder, sources=[])
    assert "sources" in _tick(flow, instance).skip_message


def test_a_stage_that_died_is_asked_for(flow):
    flow.write("garden.md", "# Garden\n\nNothing grows there any more.\n")
    documents.run(flow.context())
    elements.run(flow.context())
    assert sorted(undone(flow.project, "notes")) == [_bucket("garden.md")]


def test_nothing_is_asked_for_while_a_run_of_the_source_waits(flow, instance):
    flow.write("late.txt", "New.\n")
    documents.run(flow.context())
    job = build_definitions(flow.project).resolve_job_def("ingest_notes")
    instance.create_run_for_job(job, tags={"doclake/source": "notes"})
    assert "queued or running" in _tick(flow, instance).skip_message


def test_a_change_whose_run_failed_is_asked_for_after_a_while(flow, instance, monkeypatch):
    """The automation has requested it once, and requests it no second time."""
    event = dg.AssetMaterialization(["notes", "files"], partition="02")
    instance.report_runless_asset_event(event)
    assert not _tick(flow, instance).run_requests  # the run may only be about to start
    monkeypatch.setattr(reconcile, "INTERVAL_SECONDS", -1)
    (request,) = _tick(flow, instance).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == "02"
    done = dg.AssetMaterialization(["notes", "documents"], partition="02")
    instance.report_runless_asset_event(done)
    assert not _tick(flow, instance).run_requests


def test_rows_of_another_chunk_recipe_are_asked_for(flow):
    flow.configure(recipe={"chunk": {"max_tokens": 64}})
    assert sorted(undone(flow.project, "notes")) == sorted(
        {row["bucket"] for row in ledger.read(flow.lake, Scope("notes"))}
    )


@pytest.mark.parametrize(
    ("minutes", "attempts", "asked"),
    [(1, 1, False), (16, 1, True), (16, 2, False), (31, 2, True), (9_000, 3, False)],
)
def test_a_retryable_failure_is_asked_for_when_it_has_rested_until_its_attempts_are_spent(
    flow, minutes, attempts, asked
):
    bucket = _bucket("broken.pdf")
    rows = ledger.read(flow.lake, Scope("notes", [bucket]))
    (failed,) = (row for row in rows if row["path"] == "broken.pdf")
    rested = clock.now() - timedelta(minutes=minutes)
    failed |= {"retryable": True, "attempts": attempts, "updated_at": rested}
    ledger.write(flow.lake, "notes", [failed], [failed["root_id"]])
    assert sorted(undone(flow.project, "notes")) == ([bucket] if asked else [])


@pytest.mark.parametrize(("minutes", "asked"), [(4, False), (6, True)])
def test_a_source_is_listed_again_when_half_of_its_freshness_has_passed(
    flow, instance, monkeypatch, minutes, asked
):
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "freshness": "10m"}
    flow.configure(sources={"notes": source})
    event = dg.AssetMaterialization(["notes", "documents"], partition="00")
    instance.report_runless_asset_event(event)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(minutes=minutes)

    monkeypatch.setattr(reconcile, "datetime", Later)
    requests = _tick(flow, instance).run_requests or []
    assert [request.tags["doclake/trigger"] for request in requests] == ["freshness"] * asked
