"""A topic as Dagster sees it: one run over what was taken, its offsets, its lag, and a pause while
a run works."""

from __future__ import annotations

import re
from datetime import timedelta

import dagster as dg
import pytest

from doclake import clock
from doclake.settings import SourceSettings
from doclake.stages import documents
from doclake.stages.context import StageContext
from doclake_dagster.assets.common.source import SourceAssets, partitions
from doclake_dagster.assets.common.tags import OFFSETS_TAG
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors.observation import observing_sensor
from tests.pipelines.sensors.ticks import range_of, requested, with_source
from tests.sources.kafka_server import broker


@pytest.fixture
def server():
    with broker() as server:
        for number in range(40):
            server.send("docs", f"k{number}", f"Text {number}.", partition=number % 4)
        server.flush()
        yield server


@pytest.fixture
def topic(server, project):
    options = {"timeout": 3}
    url = f"kafka://{server.address}/docs"
    return with_source(
        project, SourceSettings(url=url, buckets=4, freshness="10m", options=options)
    )


def tick(project, instance):
    sensor = observing_sensor(SourceAssets("notes", project, partitions(4)))
    done = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
    for event in done.asset_events:
        instance.report_runless_asset_event(event)
    return done


def test_one_run_is_over_all_that_was_taken_and_says_which_messages_these_are(topic):
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(topic, instance)
        (request,) = first.run_requests
        assert range_of(request) == ("00", "03")
        ranges = re.findall(r"docs/(\d):(\d+)-(\d+)", request.tags[OFFSETS_TAG])
        assert ranges == [(str(partition), "0", "10") for partition in range(4)]
        assert first.asset_events[0].metadata["messages taken"].value == 40
        assert first.asset_events[0].metadata["messages waiting"].value == 0
        assert tick(topic, instance).run_requests == []


def test_while_that_run_works_nothing_is_taken_and_no_second_one_starts(topic, server):
    job = build_definitions(topic).resolve_job_def("ingest_notes")
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(topic, instance).run_requests
        run = instance.create_run_for_job(job, tags={**job.tags, **request.tags})
        before = topic.lake.version("messages")
        server.send("docs", "k0", "Another text.")
        server.flush()
        waiting = tick(topic, instance)
        assert "messages wait" in waiting.skip_message
        assert topic.lake.version("messages") == before
        assert requested(topic, instance).run_requests == []
        instance.delete_run(run.run_id)
        assert tick(topic, instance).run_requests


def test_messages_that_wait_for_longer_than_the_target_raise_an_alarm(topic, monkeypatch):
    slow = topic.source("notes").model_copy(update={"options": {"take_for": 0, "timeout": 3}})
    behind = with_source(topic, slow)
    monkeypatch.setattr("doclake.sources.streams.kafka.BATCH_MESSAGES", 10)
    report = documents.run(StageContext.whole(behind, "notes"))
    assert (report.counts["messages waiting"], report.alarms) == (30, [])
    monkeypatch.setattr("doclake.sources.streams.kafka.BATCH_MESSAGES", 1)
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    report = documents.run(StageContext.whole(behind, "notes"))
    assert [alarm.code for alarm in report.alarms] == ["messages_late"]


def test_the_check_of_waiting_messages_is_one_of_topics_alone(topic, project):
    def checks(of):
        return {
            key.name
            for key in build_definitions(of).get_repository_def().asset_graph.asset_check_keys
        }

    assert checks(topic) - checks(project) == {"messages_are_fresh"}
