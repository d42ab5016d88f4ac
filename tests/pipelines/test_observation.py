"""The nightly job judges every source, and shows it."""

from __future__ import annotations

import base64

import pytest

from doclake.operate import incidents
from doclake_dagster.pipelines.definitions import build_definitions

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def nightly(flow, instance):
    repository = build_definitions(flow.project).get_repository_def()
    schedule = repository.get_schedule_def("observe_nightly")
    result = repository.get_job(schedule.job_name).execute_in_process(
        instance=instance, run_config=QUIET
    )
    return {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
    }, result


def test_quality_shows_its_figures_with_plots_and_warns_of_what_is_beyond(flow, nightly):
    shown, result = nightly
    metadata = shown["quality"]
    assert metadata["notes_error_rate"].value == 0.2
    assert "| notes | 5 | 80.0% | 20.0% |" in metadata["today"].value
    prefix = "![error rate](data:image/svg+xml;base64,"
    (plot,) = [one for one in metadata["plots"].value.split("\n\n") if one.startswith(prefix)]
    svg = base64.b64decode(plot.removeprefix(prefix).removesuffix(")")).decode()
    assert "notes" in svg and "20.0%" in svg
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert not checks["figures_are_within_bounds"].passed
    assert {row["cause"] for row in incidents.unresolved(flow.lake, "notes")} == {
        "quality:completeness",
        "quality:error_rate",
    }


def test_drift_says_that_too_few_arrived(nightly):
    shown, result = nightly
    assert "too few: 4 documents arrived, 20 are compared" in shown["drift"]["last_day"].value
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert checks["arrivals_are_like_before"].passed


def test_the_report_is_a_page_in_the_lake(flow, nightly):
    shown, _ = nightly
    page = flow.folder / shown["report"]["page"].value
    assert "Report on notes" in page.read_text("utf-8")
    assert page.as_uri() in shown["report"]["read"].value
