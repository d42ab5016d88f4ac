"""The gauges of a lake: what they count, and the text file after each run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from doclake import Project
from doclake.errors import DoclakeError, SettingsError
from doclake.observe import lake_figures, prometheus
from doclake.operate import incidents
from doclake.stages import quality
from tests.sources.kafka_server import broker


def _gauges(project) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Of the text file: the value by name and labels."""
    text = prometheus.text_file(project).read_text()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _of(project, name, **labels):
    return _gauges(project)[f"doclake_{name}", tuple(sorted(labels.items()))]


def test_gauges_count_what_the_tables_hold(damaged):
    quality.run(damaged.project)
    prometheus.write(damaged.project)
    ledger = damaged.lake.count_by("ledger", ["status"])
    chunks = damaged.lake.count_by("chunks", ["source"])["notes",]
    assert _of(damaged.project, "documents", source="notes", status="ok") == ledger["ok",] == 6
    assert _of(damaged.project, "documents", source="notes", status="failed") == 1
    assert _of(damaged.project, "chunks", source="notes") == chunks
    assert _of(damaged.project, "index_rows") == chunks
    assert _of(damaged.project, "quarantined_rows", source="notes") == 1
    assert _of(damaged.project, "quality_ratio", source="notes", measure="error_rate") == 1 / 7
    assert _of(damaged.project, "lake_readable") == 1


def test_what_the_index_has_not_followed_shows(flow):
    prometheus.write(flow.project)
    assert _of(flow.project, "index_behind_commits", table="chunks") == 0
    assert _of(flow.project, "documents_unindexed", source="notes") == 0
    flow.write("new.txt", "The rake leans on the fence.\n")
    from doclake.stages import chunks, documents, elements

    for stage in (documents, elements, chunks):
        stage.run(flow.context())
    prometheus.write(flow.project)
    assert _of(flow.project, "index_behind_commits", table="chunks") > 0
    assert _of(flow.project, "documents_unindexed", source="notes") == 1


def test_open_incidents_are_counted_by_severity(flow):
    incidents.raise_incident(
        flow.lake,
        "notes",
        "run",
        owner="ada@example.org",
        message="It failed.",
        run_id="1",
        failed_at=datetime.now(UTC),
        severity=incidents.CRITICAL,
    )
    prometheus.write(flow.project)
    assert _of(flow.project, "incidents_open", source="notes", severity="critical") == 1
    assert _of(flow.project, "incidents_open", source="notes", severity="warning") == 0
    incidents.resolve(flow.lake, "notes", "run", "2")
    prometheus.write(flow.project)
    assert _of(flow.project, "incidents_open", source="notes", severity="critical") == 0


def test_every_gauge_is_declared_and_every_declared_gauge_has_a_sample(command, flow):
    with broker() as server:
        server.send("docs", "a", "The ferry leaves at noon.")
        server.flush()
        short = {"url": "documents", "access": ["everyone"], "buckets": 4, "freshness": "12h"}
        topic = {"url": server.url("docs"), "access": ["everyone"], "buckets": 2}
        flow.configure(sources={"notes": short, "letters": topic})
        flow.write("more.txt", "The hoe stands beside the spade.\n")
        command("ingest")
    quality.run(flow.project)
    found = lake_figures.look(flow.project)
    assert set(found.samples) == {gauge.figure for gauge in prometheus.GAUGES}
    for gauge in prometheus.GAUGES:
        assert all(len(labels) == len(gauge.labels) for labels, _ in found.samples[gauge.figure])
    assert _of(flow.project, "freshness_target_seconds", source="notes") == 12 * 3600


def test_how_far_a_topic_was_taken_is_told_without_asking_it(flow):
    sent = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    with broker() as server:
        for number in range(1_200):
            time = int(sent.timestamp() * 1000) - number
            server.send("docs", f"k{number}", "text", partition=0, time=time)
        server.flush()
        topic = {"url": server.url("docs"), "access": ["everyone"], "buckets": 2}
        flow.configure(sources={"letters": topic | {"options": {"take_for": "0s"}}})
        prometheus.write(flow.project)
        assert "doclake_stream" not in str(_gauges(flow.project)), "nothing was ever taken"
        flow.project.open_source("letters").take()
    prometheus.write(flow.project)
    assert _of(flow.project, "stream_behind_messages", source="letters") == 200
    newest = _of(flow.project, "stream_newest_message_timestamp_seconds", source="letters")
    assert newest == sent.timestamp()


@pytest.mark.slow
def test_an_ingest_of_the_command_line_writes_what_its_stages_took(command, flow):
    flow.write("more.txt", "The hoe stands beside the spade.\n")
    before = datetime.now(UTC).timestamp()
    command("ingest")
    rows = flow.lake.read("measurements").to_pylist()
    (embedding,) = [row for row in rows if row["stage"] == "embeddings"]
    of_stage = {"source": "notes", "stage": "embeddings"}
    seconds = _of(flow.project, "stage_seconds", **of_stage)
    assert seconds == pytest.approx(embedding["seconds"])
    assert _of(flow.project, "stage_tokens", **of_stage) == embedding["amount"] > 0
    ended = _of(flow.project, "last_good_run_timestamp_seconds", source="notes")
    assert before <= ended <= datetime.now(UTC).timestamp()
    command("ingest")  # finds nothing to do
    assert _of(flow.project, "stage_seconds", **of_stage) == pytest.approx(seconds)
    assert _of(flow.project, "last_good_run_timestamp_seconds", source="notes") > ended


def test_an_ingest_from_python_writes_the_file_though_it_fails(flow):
    project = Project.open(flow.folder)
    assert not prometheus.text_file(project).exists()
    with pytest.raises(SettingsError):
        project.ingest("nobody")
    assert _of(project, "documents", source="notes", status="ok") == 4


def test_a_lake_that_cannot_be_read_says_so_and_fails_nothing(flow):
    log = flow.folder / "lake/tables/ledger/_delta_log"
    for commit in log.glob("*.json"):
        commit.write_text(json.dumps({"no": "commit"}))
    prometheus.write(flow.project)
    gauges = _gauges(flow.project)
    assert gauges["doclake_lake_readable", ()] == 0
    assert not any(name == "doclake_documents" for name, _ in gauges)
    assert _of(flow.project, "chunks", source="notes") == 6


def test_the_file_is_where_the_settings_say(flow, tmp_path, caplog):
    elsewhere = tmp_path / "doclake.prom"
    flow.configure(metrics={"file": str(elsewhere)})
    prometheus.write(flow.project)
    assert "doclake_documents" in elsewhere.read_text()
    flow.configure(metrics={"file": None})
    assert prometheus.text_file(flow.project) is None
    prometheus.write(flow.project)
    flow.configure(metrics={"file": "gone/doclake.prom"})
    prometheus.write(flow.project)
    assert "metrics.file" in caplog.text
    flow.configure(lake="s3://bucket/lake")
    assert prometheus.text_file(flow.project) is None
    assert sorted(file.name for file in tmp_path.glob("*.prom*")) == ["doclake.prom"]


def test_a_file_that_node_exporter_would_not_read_is_refused(flow):
    with pytest.raises(DoclakeError, match=r"metrics\.file"):
        flow.configure(metrics={"file": "metrics.txt"})


def test_figures_of_sources_that_are_not_visible_are_left_out(flow):
    figures = lake_figures.look(flow.project)
    hidden = prometheus.LakeCollector(figures, visible=())
    told = {sample.labels.get("source") for family in hidden.collect() for sample in family.samples}
    assert told == {None, lake_figures.SHARED}


def test_a_source_without_target_promises_nothing(flow):
    prometheus.write(flow.project)
    assert not any(name.endswith("freshness_target_seconds") for name, _ in _gauges(flow.project))


def test_the_file_stands_beside_the_tables(flow):
    assert prometheus.text_file(flow.project) == Path(flow.lake.url) / "metrics.prom"
