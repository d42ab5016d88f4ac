"""From a run that fails to an incident that closes, through the real sensors."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from doclake import clock
from doclake.health.shortfalls import CHECKS
from doclake.lake import runs
from doclake.lake.lake import Lake
from doclake.operate import incidents, pace
from doclake.operate.foresight import Foresight
from doclake.tables.measurements import MEASUREMENTS
from doclake_dagster.pipelines.definitions import build_definitions

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.op
def fail_report() -> None:
    raise dg.Failure("The report of another team.")


@pytest.fixture
def unattended(flow, instance):
    """Run the job as the daemon does, and tell the sensors that watch runs."""
    repository = build_definitions(flow.project).get_repository_def()

    def run(cancelled: bool = False) -> bool:
        tags = {
            "dagster/asset_partition_range_start": "00",
            "dagster/asset_partition_range_end": "03",
        }
        job = repository.get_job("ingest_notes")
        result = job.execute_in_process(
            instance=instance, tags=tags, run_config=QUIET, raise_on_error=False
        )
        if cancelled:
            instance.report_run_canceled(result.dagster_run)
        name = "close_incidents" if result.success else "open_incidents"
        event = result.get_run_success_event() if result.success else result.get_run_failure_event()
        context = dg.build_run_status_sensor_context(
            sensor_name=name,
            dagster_instance=instance,
            dagster_run=instance.get_run_by_id(result.run_id),
            dagster_event=event,
        )
        sensor = repository.get_sensor_def(name)
        sensor(context if result.success else context.for_run_failure())
        return result.success

    return run


def test_a_run_that_fails_opens_an_incident_that_the_next_good_run_closes(flow, unattended):
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    assert not unattended()
    (incident,) = incidents.unresolved(flow.lake)
    assert (incident["source"], incident["severity"]) == ("notes", incidents.CRITICAL)
    assert incident["owner"] == "team:data"
    assert incident["message"].startswith("The run failed: lake_error: The table documents cannot")
    assert incident["message"].endswith(
        "`doclake doctor` names what is damaged, and what to do about it."
    )
    assert not unattended()
    assert len(incidents.unresolved(flow.lake)) == 1

    table.unlink()
    table.with_name("away").rename(table)
    assert unattended()
    assert incidents.unresolved(flow.lake) == []
    (closed,) = incidents.all_of(flow.lake)
    assert closed["resolved_at"] >= closed["opened_at"]


def test_what_a_run_of_the_daemon_took_serves_the_next_forecast(flow, unattended):
    flow.write("a.txt", "Tomatoes grow along the south wall. " * 9)
    assert unattended()
    rows = MEASUREMENTS.rows(flow.lake.read("measurements"))
    stages = {row["stage"]: row for row in rows}
    assert {"documents", "elements", "chunks", "embeddings", "run"} <= stages.keys()
    assert stages["embeddings"]["amount"] > 50  # tokens
    assert all(row["is_first"] for row in rows)  # a process of its own
    learned = pace.pace(flow.lake, flow.settings)
    assert learned.ingests == 1
    assert learned.courses["embeddings"].measured == 1

    Foresight(flow.project, "notes").keep(rows[0]["run_id"], {}, 900.0)  # as the command line does
    assert len(flow.lake.read("measurements")) == len(rows)


def test_runs_of_the_daemon_write_the_metrics_however_they_end(flow, unattended):
    metrics = flow.folder / "lake/metrics.prom"
    failed = 'doclake_incidents_open{severity="critical",source="notes"} 1.0'
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    assert not unattended() and failed in metrics.read_text()
    table.unlink()
    table.with_name("away").rename(table)
    assert unattended() and failed not in metrics.read_text()


def test_a_good_run_of_the_daemon_says_that_the_rows_are_fresh(flow, unattended):
    assert unattended()
    (ended,) = runs.ends(flow.lake, "notes")
    assert clock.now() - timedelta(minutes=2) < ended < clock.now()
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    assert not unattended()
    assert runs.ends(flow.lake, "notes") == [ended]


def test_a_run_that_a_person_cancelled_after_it_failed_opens_none(flow, unattended):
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    assert not unattended(cancelled=True)
    assert incidents.unresolved(flow.lake) == []


def test_a_listing_that_loses_a_source_opens_an_incident_without_failing_the_run(flow, unattended):
    flow.documents.rename(flow.folder / "elsewhere")
    assert unattended()
    causes = {incident["cause"] for incident in incidents.unresolved(Lake(flow.lake.url))}
    assert any("listing_is_complete" in cause for cause in causes)
    (flow.folder / "elsewhere").rename(flow.documents)
    assert unattended()
    assert incidents.unresolved(flow.lake) == []


@pytest.mark.slow
def test_documents_without_a_chunk_and_thin_ones_open_one_incident_each_until_they_are_good(
    short, skipping, unattended
):
    assert skipping(unattended)
    assert skipping(unattended)
    opened = {row["cause"]: row for row in incidents.unresolved(short.lake)}
    causes = {kind: f"check:notes/chunks:{name}" for kind, name in CHECKS.items()}
    assert opened.keys() == set(causes.values())
    assert {row["severity"] for row in opened.values()} == {incidents.WARNING}
    assert "dump.txt" in opened[causes["no_chunk"]]["message"]
    assert "log.md" in opened[causes["thin"]]["message"]

    for name in ("log.md", "hidden.html", "dump.txt"):
        (short.documents / name).unlink()
    assert unattended()
    assert incidents.unresolved(short.lake) == []


@pytest.mark.parametrize(("name", "opened"), [("report", 0), ("maintenance", 1)])
def test_only_jobs_of_doclake_open_incidents_in_a_project_of_many(flow, instance, name, opened):
    @dg.job(name="report")
    def report() -> None:
        fail_report()

    ours = build_definitions(flow.project)
    repository = dg.Definitions.merge(ours, dg.Definitions(jobs=[report])).get_repository_def()
    table = flow.folder / "lake/tables/documents"
    table.rename(table.with_name("away"))
    table.write_text("no table")
    result = repository.get_job(name).execute_in_process(
        instance=instance, run_config=QUIET, raise_on_error=False
    )
    context = dg.build_run_status_sensor_context(
        sensor_name="open_incidents",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
    )
    repository.get_sensor_def("open_incidents")(context.for_run_failure())
    assert len(incidents.unresolved(flow.lake)) == opened


def test_the_nightly_job_maintains_every_table_and_says_what_it_did(flow, instance):
    repository = build_definitions(flow.project).get_repository_def()
    schedule = repository.get_schedule_def("maintain_nightly")
    result = repository.get_job(schedule.job_name).execute_in_process(
        instance=instance, run_config=QUIET
    )
    (output,) = (event for event in result.all_events if event.is_successful_output)
    report = output.step_output_data.metadata["tables"].value
    assert all(table in report for table in ("documents", "elements", "chunks", "embeddings"))
