"""Asset checks say how grave a failure is, what it means and what to do."""

from __future__ import annotations

from typing import Any

import dagster as dg

from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors.incidents import check_outcomes

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def test_every_check_is_described_with_its_severity_and_what_to_do(flow):
    checks = build_definitions(flow.project).resolve_asset_graph().asset_check_keys
    graph = build_definitions(flow.project).resolve_asset_graph()
    assert len(checks) == 17
    for key in checks:
        about = graph.get_check_spec(key).description or ""
        grave = "It only warns where it fails: " in about
        assert grave or "It is an error, and opens an incident where it fails: " in about, key
        assert about.partition("where it fails: ")[2], key
        assert graph.get_check_spec(key).metadata["owners"] == "team:data", key


def _evaluated(flow: Any, instance: dg.DagsterInstance) -> dict[str, dg.AssetCheckEvaluation]:
    tags = {
        "dagster/asset_partition_range_start": "00",
        "dagster/asset_partition_range_end": "03",
    }
    job = build_definitions(flow.project).resolve_job_def("ingest_notes")
    result = job.execute_in_process(instance=instance, tags=tags, run_config=QUIET)
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def test_a_check_that_fails_says_what_is_wrong_and_what_to_do(flow, instance):
    flow.documents.rename(flow.folder / "elsewhere")
    checks = _evaluated(flow, instance)
    read, listed = checks["every_document_gave_elements"], checks["listing_is_complete"]
    assert (read.passed, read.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert read.description == "1 document of notes failed. See `doclake failures`."
    assert (listed.passed, listed.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "Nothing is deleted until a listing is complete" in listed.description
    messages = {outcome.check: outcome.message for outcome in check_outcomes(checks.values())}
    assert messages["listing_is_complete"] == listed.description
    assert all(check.description is None for check in checks.values() if check.passed)
