"""What a listing reports, how often it is made, and what it starts."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import dagster as dg
import yaml

from doclake import clock
from doclake.operate import incidents
from doclake.project import Project
from doclake.sources.folder import FolderSource
from doclake.stages import documents
from doclake.stages.context import StageContext
from doclake_dagster.assets.common.source import SourceAssets, partitions
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors.observation import observing_sensor
from tests.pipelines.sensors.ticks import observed, range_of, with_source


def _in_a_folder(tmp_path: Path) -> Path:
    """A folder with a note. What is moved by itself has another `ctime`, and counts as changed."""
    folder = tmp_path / "notes" / "folder"
    folder.mkdir()
    (folder / "1.txt").write_text("A note.")
    return folder


def _started(tick):
    """The events that start a run."""
    return [event for event in tick.asset_events if isinstance(event, dg.AssetMaterialization)]


def test_a_single_changed_bucket_is_run_at_once_and_several_are_not(project, tmp_path):
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = observed(project, instance).run_requests
        assert range_of(request) == ("00", "00")
        assert observed(project, instance).run_requests == []
    project = with_source(project, project.source("notes").model_copy(update={"buckets": 2}))
    source = SourceAssets("notes", project, partitions(2))
    with dg.DagsterInstance.ephemeral() as instance:
        tick = observing_sensor(source).evaluate_tick(dg.build_sensor_context(instance=instance))
    assert (len(tick.asset_events), tick.run_requests) == (2, [])


def test_a_changed_file_is_reported_once(project, tmp_path):
    with dg.DagsterInstance.ephemeral() as instance:
        assert [event.partition for event in observed(project, instance).asset_events] == ["00"]
        assert observed(project, instance).asset_events == []
        (tmp_path / "notes" / "0.txt").write_text("Changed.")
        assert len(observed(project, instance).asset_events) == 1
        assert observed(project, instance).asset_events == []


def test_a_code_location_that_was_loaded_before_an_edit_lists_as_runs_do(project, tmp_path):
    """By the settings that it was loaded with, it would report again what each run took back."""
    with dg.DagsterInstance.ephemeral() as instance:
        observed(project, instance)
        config = yaml.safe_load((tmp_path / "doclake.yaml").read_text())
        config["sources"]["notes"]["exclude"] = ["0.txt"]
        (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
        documents.run(StageContext.whole(Project.open(tmp_path), "notes"))
        (told,) = observed(project, instance).asset_events
        assert isinstance(told, dg.AssetObservation)  # the bucket stands as it is listed


def test_a_changed_sidecar_is_a_change_of_its_bucket(project, tmp_path):
    asking = project.source("notes").model_copy(update={"access_from": ("sidecar",)})
    project = with_source(project, asking)
    sidecar = tmp_path / "notes" / "0.txt.access.yaml"
    with dg.DagsterInstance.ephemeral() as instance:
        observed(project, instance)
        for said in ("allow: [kim]", "allow: [kim]\ndeny: [lee]", "allow: [kim"):
            sidecar.write_text(said)
            assert [event.partition for event in _started(observed(project, instance))] == ["00"]
        sidecar.write_text("allow: []")  # as one that cannot be read
        assert _started(observed(project, instance)) == []


def _tear_listings(monkeypatch):
    """Listings miss a folder from here on."""
    entries = FolderSource._entries

    def torn(self):
        yield from entries(self)
        self._failed("elsewhere", "Input/output error", "elsewhere/")

    monkeypatch.setattr(FolderSource, "_entries", torn)


def test_a_revocation_is_run_though_the_listing_is_incomplete(project, tmp_path, monkeypatch):
    asking = project.source("notes").model_copy(update={"access_from": ("sidecar",)})
    project = with_source(project, asking)
    documents.run(StageContext.whole(project, "notes"))
    _tear_listings(monkeypatch)
    with dg.DagsterInstance.ephemeral() as instance:
        assert observed(project, instance).run_requests in ([], None)
        (tmp_path / "notes" / "0.txt.access.yaml").write_text("allow: [user:kim]")
        (request,) = observed(project, instance).run_requests
        assert range_of(request) == ("00", "00")
        documents.run(StageContext.whole(project, "notes"))
        rows = {row["path"]: row["access"] for row in project.lake.read("documents").to_pylist()}
        assert rows["0.txt"] == ["user:kim"] and rows["1.txt"] == ["everyone"]
        tick = observed(project, instance)
        assert not tick.run_requests and "incomplete" in tick.skip_message


def test_a_revocation_is_found_by_the_settings_of_today(project, tmp_path, monkeypatch):
    """The code location was loaded before they changed."""
    documents.run(StageContext.whole(project, "notes"))
    _tear_listings(monkeypatch)
    (tmp_path / "notes" / "0.txt.access.yaml").write_text("allow: [user:kim]")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not observed(project, instance).run_requests
        config = yaml.safe_load((tmp_path / "doclake.yaml").read_text())
        config["sources"]["notes"]["access_from"] = ["sidecar"]
        (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
        assert len(observed(project, instance).run_requests) == 1
        documents.run(StageContext.whole(Project.open(tmp_path), "notes"))
        assert not observed(project, instance).run_requests


def test_what_was_closed_while_its_folder_could_not_be_listed_is_opened_by_itself(
    project, tmp_path, monkeypatch
):
    _in_a_folder(tmp_path)
    entries = FolderSource._entries

    def torn(self):
        yield from (one for one in entries(self) if not one.path.startswith("folder/"))
        self._failed("folder", "Permission denied", "folder/")

    def run(access):
        asking = project.source("notes").model_copy(
            update={"access_from": ("sidecar",), "access": (access,)}
        )
        asked = with_source(project, asking)
        documents.run(StageContext.whole(asked, "notes"))
        rows = asked.lake.read("documents").to_pylist()
        return asked, {row["path"]: row["access"] for row in rows}["folder/1.txt"]

    with dg.DagsterInstance.ephemeral() as instance:
        asked, readers = run("group:board")
        assert (readers, _started(observed(asked, instance))) == (["group:board"], [])
        with monkeypatch.context() as patched:
            patched.setattr(FolderSource, "_entries", torn)
            asked, readers = run("user:kim")
            assert readers == []  # its sidecar may say more than the list of before
            observed(asked, instance)
        assert [event.partition for event in _started(observed(asked, instance))] == ["00"]
        asked, readers = run("user:kim")
        assert (readers, observed(asked, instance).asset_events) == (["user:kim"], [])


def test_what_a_run_from_the_command_line_did_is_no_change(project, tmp_path):
    documents.run(StageContext.whole(project, "notes"))
    with dg.DagsterInstance.ephemeral() as instance:
        tick = observed(project, instance)
        assert _started(tick) == []
        assert "No new change" in tick.skip_message
        (tmp_path / "notes" / "0.txt").unlink()
        assert len(_started(observed(project, instance))) == 1


def test_a_change_that_was_taken_back_and_comes_again_is_reported_again(project, tmp_path):
    """Not so if only what starts runs were remembered: the same listing was reported before."""
    note, away = _in_a_folder(tmp_path), tmp_path / "away"
    documents.run(StageContext.whole(project, "notes"))
    with dg.DagsterInstance.ephemeral() as instance:
        observed(project, instance)
        for _ in range(2):
            note.rename(away)
            assert len(_started(observed(project, instance))) == 1
            away.rename(note)
            assert _started(observed(project, instance)) == []
            assert observed(project, instance).asset_events == []


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
        observed(project, instance)
        (still,) = incidents.unresolved(lake)
        assert "deletions_within_guard" in still["cause"]
        away.rename(note)
        observed(project, instance)
    assert incidents.unresolved(lake) == []


def test_a_source_that_cannot_be_opened_as_configured_opens_an_incident(project):
    url = {"url": "nosuch://place"}
    source = project.source("notes").model_copy(update=url)
    project = with_source(project, source)
    with dg.DagsterInstance.ephemeral() as instance:
        assert "nosuch" in observed(project, instance).skip_message
    assert [row["cause"] for row in incidents.unresolved(project.lake)] == ["listing"]


def test_a_listing_that_fails_reports_nothing_and_opens_an_incident(project, tmp_path):
    (tmp_path / "notes").rename(tmp_path / "elsewhere")
    with dg.DagsterInstance.ephemeral() as instance:
        assert observed(project, instance).asset_events == []
    (incident,) = incidents.unresolved(project.lake)
    assert (incident["source"], incident["cause"]) == ("notes", "listing")


def test_listing_rests_as_its_cost_demands_unless_the_settings_say_how_often(project):
    often = project.source("notes").model_copy(update={"observe_every": timedelta(seconds=5)})
    for opened, rests in ((project, True), (with_source(project, often), False)):
        sensor = observing_sensor(SourceAssets("notes", opened, partitions(1)))
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=str(time.time() + 60))
            tick = sensor.evaluate_tick(context)
        assert ("rests" in (tick.skip_message or "")) == rests


def test_a_folder_is_looked_at_more_often_than_another_place(project):
    folder = project.source("notes")
    other = folder.model_copy(update={"url": "s3://documents/notes"})
    large = folder.model_copy(update={"observe": "job"})
    intervals = [
        observing_sensor(
            SourceAssets("notes", with_source(project, source), partitions(1))
        ).minimum_interval_seconds
        for source in (folder, other, large)
    ]
    assert intervals == [4, 30, 30]


def test_a_source_that_is_slow_to_list_is_observed_by_a_job(project):
    slow = project.source("notes").model_copy(update={"observe": "job"})
    project = with_source(project, slow)
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
