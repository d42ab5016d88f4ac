"""What starts by itself, told by evaluating the real sensors against a real instance."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.common.source import SourceAssets, partitions
from doclake import clock
from doclake.operate import incidents
from doclake.project import Project
from doclake.stages import documents
from doclake.stages.context import StageContext
from pipelines.definitions import build_definitions
from pipelines.sensors.observation import observing_sensor


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notes").mkdir()
    for number in range(6):
        (tmp_path / "notes" / f"{number}.txt").write_text(f"Note {number}.")
    source = {"url": "notes", "access": ["everyone"], "buckets": 1}
    config = {"lake": "lake", "sources": {"notes": source}}
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
    return Project.open(tmp_path)


def _with(project, source):
    return Project.of(project.settings.model_copy(update={"sources": {"notes": source}}))


def _observe(project, instance):
    """Tick the observing sensor, with its events stored as the daemon stores them."""
    source = SourceAssets("notes", project, partitions(1))
    sensor = observing_sensor(source)
    tick = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
    for event in tick.asset_events:
        instance.report_runless_asset_event(event)
    return tick


def _started(tick):
    """The events that start a run."""
    return [event for event in tick.asset_events if isinstance(event, dg.AssetMaterialization)]


def test_one_changed_bucket_becomes_one_run_that_carries_its_source(project):
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("backfill_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        _observe(project, instance)
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.partition_key == "00"
    assert request.tags["doclake/source"] == "notes"
    stages = {key.path[-1] for key in request.asset_selection}
    assert stages == {"documents", "elements", "chunks", "embeddings"}


def test_changes_in_several_buckets_become_one_backfill_that_carries_its_source(project):
    project = _with(project, project.source("notes").model_copy(update={"buckets": 2}))
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


def test_a_changed_access_list_starts_a_run_by_itself(project):
    """Nothing else has changed: no file, no recipe of another stage."""
    with dg.DagsterInstance.ephemeral() as instance:
        _observe(project, instance)
        job = build_definitions(project).resolve_job_def("ingest_notes")
        assert job.execute_in_process(instance=instance, partition_key="00").success
        narrowed = _with(project, project.source("notes").model_copy(update={"access": ("boss",)}))
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
        for stage in ("files", "documents", "elements", "chunks", "embeddings"):
            key = dg.AssetKey(["notes", stage])
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition="00"))
        first = sensor.evaluate_tick(
            dg.build_sensor_context(instance=instance, repository_def=repository)
        )
        (event,) = _observe(project, instance).asset_events
        assert isinstance(event, dg.AssetObservation)
        context = dg.build_sensor_context(
            instance=instance, repository_def=repository, cursor=first.cursor
        )
        assert not sensor.evaluate_tick(context).run_requests


def test_a_changed_file_is_reported_once(project, tmp_path):
    with dg.DagsterInstance.ephemeral() as instance:
        assert [event.partition for event in _observe(project, instance).asset_events] == ["00"]
        assert _observe(project, instance).asset_events == []
        (tmp_path / "notes" / "0.txt").write_text("Changed.")
        assert len(_observe(project, instance).asset_events) == 1
        assert _observe(project, instance).asset_events == []


def test_what_a_run_from_the_command_line_did_is_no_change(project, tmp_path):
    documents.run(StageContext.whole(project, "notes"))
    with dg.DagsterInstance.ephemeral() as instance:
        tick = _observe(project, instance)
        assert _started(tick) == []
        assert "No new change" in tick.skip_message
        (tmp_path / "notes" / "0.txt").unlink()
        assert len(_started(_observe(project, instance))) == 1


def _in_a_folder(tmp_path: Path) -> Path:
    """A folder with a note. What is moved by itself has another `ctime`, and counts as changed."""
    folder = tmp_path / "notes" / "folder"
    folder.mkdir()
    (folder / "1.txt").write_text("A note.")
    return folder


def test_a_change_that_was_taken_back_and_comes_again_is_reported_again(project, tmp_path):
    """Not so if only what starts runs were remembered: the same listing was reported before."""
    note, away = _in_a_folder(tmp_path), tmp_path / "away"
    documents.run(StageContext.whole(project, "notes"))
    with dg.DagsterInstance.ephemeral() as instance:
        _observe(project, instance)
        for _ in range(2):
            note.rename(away)
            assert len(_started(_observe(project, instance))) == 1
            away.rename(note)
            assert _started(_observe(project, instance)) == []
            assert _observe(project, instance).asset_events == []


def test_deletions_that_were_refused_are_good_again_when_the_documents_are_back(project, tmp_path):
    lake = project.lake
    note, away = _in_a_folder(tmp_path), tmp_path / "away"
    documents.run(StageContext.whole(project, "notes"))
    for check in ("deletions_within_guard", "listing_is_complete"):
        cause = incidents.check_cause("notes/documents", check)
        told = {"owner": "team:data", "message": "", "run_id": "1", "failed_at": clock.now()}
        incidents.raise_incident(lake, "notes", cause, **told)
    note.rename(away)
    with dg.DagsterInstance.ephemeral() as instance:
        _observe(project, instance)
        (still,) = incidents.unresolved(lake)
        assert "deletions_within_guard" in still["cause"]
        away.rename(note)
        _observe(project, instance)
    assert incidents.unresolved(lake) == []


def test_a_source_that_cannot_be_opened_as_configured_opens_an_incident(project):
    url = {"url": "nosuch://place"}
    source = project.source("notes").model_copy(update=url)
    project = _with(project, source)
    with dg.DagsterInstance.ephemeral() as instance:
        assert "nosuch" in _observe(project, instance).skip_message
    assert [row["cause"] for row in incidents.unresolved(project.lake)] == ["listing"]


def test_a_listing_that_fails_reports_nothing_and_opens_an_incident(project, tmp_path):
    (tmp_path / "notes").rename(tmp_path / "elsewhere")
    with dg.DagsterInstance.ephemeral() as instance:
        assert _observe(project, instance).asset_events == []
    (incident,) = incidents.unresolved(project.lake)
    assert (incident["source"], incident["cause"]) == ("notes", "listing")


def test_a_source_that_is_slow_to_list_is_observed_by_a_job(project):
    slow = project.source("notes").model_copy(update={"observe": "job"})
    project = _with(project, slow)
    repository = build_definitions(project).get_repository_def()
    sensor = repository.get_sensor_def("observe_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = sensor.evaluate_tick(
            dg.build_sensor_context(instance=instance, repository_def=repository)
        ).run_requests
        assert request.job_name in (None, "list_notes")
        for expected in (1, 0):
            result = repository.get_job("list_notes").execute_in_process(instance=instance)
            materialized = [e for e in result.all_events if e.is_step_materialization]
            assert len(materialized) == expected
