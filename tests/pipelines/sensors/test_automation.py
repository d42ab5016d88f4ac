"""What starts by itself, told by evaluating the real sensors against a real instance."""

from __future__ import annotations

import dagster as dg
import pytest

from doclake.stages import documents
from doclake.stages.context import StageContext
from doclake_dagster.pipelines.definitions import build_definitions, source_jobs
from doclake_dagster.pipelines.run_sources import ingest
from tests.pipelines.sensors.ticks import observed, requested, with_source


def test_one_changed_bucket_becomes_one_run_that_carries_its_source(project):
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("backfill_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        observed(project, instance)
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.partition_key == "00"
    assert request.tags["doclake/source"] == "notes"
    stages = {key.path[-1] for key in request.asset_selection}
    assert stages == {"documents", "elements", "chunks", "signals", "embeddings", "search_index"}
    job = build_definitions(project).resolve_implicit_global_asset_job_def()
    assert job.get_subset(  # as the daemon does
        asset_selection=set(request.asset_selection), asset_check_selection=request.asset_check_keys
    )


def test_a_bucket_that_is_run_already_is_not_asked_for_by_the_automation(project):
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = requested(project, instance).cursor
        (request,) = observed(project, instance).run_requests
        job = build_definitions(project).resolve_job_def("ingest_notes")
        run = instance.create_run_for_job(job, tags=request.tags)
        working = requested(project, instance, cursor)
        instance.delete_run(run.run_id)
        assert job.execute_in_process(instance=instance, tags=request.tags).success
        done = requested(project, instance, working.cursor)
    assert (working.run_requests, done.run_requests) == ([], [])


def test_changes_in_several_buckets_become_one_backfill_that_carries_its_source(project):
    project = with_source(project, project.source("notes").model_copy(update={"buckets": 2}))
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("backfill_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        for bucket in ("00", "01"):
            event = dg.AssetMaterialization(dg.AssetKey(["notes", "files"]), partition=bucket)
            instance.report_runless_asset_event(event)
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.requires_backfill_daemon()
    assert request.tags["doclake/source"] == "notes"


def test_the_index_follows_each_group_while_others_are_still_worked_on(project):
    """Of two buckets only one is embedded, and the other one has never been."""
    project = with_source(project, project.source("notes").model_copy(update={"buckets": 2}))
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("update_search_index")
    with dg.DagsterInstance.ephemeral() as instance:
        asked, cursor = [], None
        for _ in range(2):
            context = dg.build_sensor_context(
                instance=instance, repository_def=repository, cursor=cursor
            )
            tick = sensor.evaluate_tick(context)
            asked.append([key for request in tick.run_requests for key in request.asset_selection])
            cursor = tick.cursor
            event = dg.AssetMaterialization(dg.AssetKey(["notes", "embeddings"]), partition="00")
            instance.report_runless_asset_event(event)
    assert asked == [[], [dg.AssetKey("search_index")]]


def test_a_changed_access_list_starts_a_run_by_itself(project):
    """Nothing else has changed: no file, no recipe of another stage."""
    with dg.DagsterInstance.ephemeral() as instance:
        observed(project, instance)
        job = build_definitions(project).resolve_job_def("ingest_notes")
        assert job.execute_in_process(instance=instance, partition_key="00").success
        narrowed = with_source(
            project, project.source("notes").model_copy(update={"access": ("boss",)})
        )
        cursor = None
        for opened, expected in ((project, []), (narrowed, ["00"]), (narrowed, [])):
            repository = build_definitions(opened).get_repository_def()
            context = dg.build_sensor_context(
                instance=instance, repository_def=repository, cursor=cursor
            )
            tick = repository.get_sensor_def("backfill_notes").evaluate_tick(context)
            assert [request.partition_key for request in tick.run_requests] == expected
            cursor = tick.cursor


def test_a_bucket_that_was_only_observed_starts_nothing(project):
    documents.run(StageContext.whole(project, "notes"))
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("backfill_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        for stage in ("files", "documents", "elements", "chunks", "signals", "embeddings"):
            key = dg.AssetKey(["notes", stage])
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition="00"))
        first = sensor.evaluate_tick(
            dg.build_sensor_context(instance=instance, repository_def=repository)
        )
        (event,) = observed(project, instance).asset_events
        assert isinstance(event, dg.AssetObservation)
        context = dg.build_sensor_context(
            instance=instance, repository_def=repository, cursor=first.cursor
        )
        assert not sensor.evaluate_tick(context).run_requests


@pytest.mark.slow
def test_what_a_run_says_of_the_files_it_listed_starts_no_other_run(project):
    project = with_source(project, project.source("notes").model_copy(update={"buckets": 2}))
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = None
        for filled in (False, True, True):
            if filled:
                (outcome,) = ingest(project, source_jobs(project, ["notes"]), instance)
                assert outcome.success
            tick = requested(project, instance, cursor)
            assert not tick.run_requests
            cursor = tick.cursor
        files = dg.AssetKey(["notes", "files"])
        assert instance.get_latest_materialization_event(files) is not None
