"""GET /metrics: requests, and the gauges of the lake as far as the caller may know of them."""

from __future__ import annotations

import re

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from doclake.serve import metrics_reference
from tests.serve.conftest import TOKENS

BOARD, NOBODY = TOKENS
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def _samples(text):
    return [s for family in text_string_to_metric_families(text) for s in family.samples]


def _sources(samples):
    return {s.labels["source"] for s in samples if s.name == "doclake_documents"}


def test_metrics_tell_only_of_sources_that_the_caller_may_search(server):
    closed = _samples(server.ask("GET", "/metrics", token=BOARD).body.decode())
    everyones = _samples(server.ask("GET", "/metrics", token=NOBODY).body.decode())
    assert _sources(closed) == {"notes", "open"}
    assert _sources(everyones) == {"open"}
    told = {s.labels.get("source") for s in everyones}
    assert "notes" not in told
    over_all = {"doclake_index_rows", "doclake_index_behind_commits"}  # they are of `notes`, too
    assert over_all <= {s.name for s in closed}
    assert over_all.isdisjoint({s.name for s in everyones})


def test_requests_are_counted_beside_the_gauges_of_the_lake(server):
    server.search("spade", token=BOARD)
    samples = _samples(server.ask("GET", "/metrics", token=BOARD).body.decode())
    values = {s.name: s.value for s in samples if s.labels in ({}, {"route": "/search"})}
    assert values["doclake_request_seconds_count"] >= 1
    assert values["doclake_index_rows"] > 0 and values["doclake_lake_readable"] == 1


def test_who_accepts_open_metrics_gets_it(server):
    answer = server.ask("GET", "/metrics", token=BOARD, Accept=OPEN_METRICS)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = {family.name: family for family in open_metrics(answer.body.decode())}
    assert families["doclake_requests"].type == "counter"
    assert families["doclake_freshness_target_seconds"].unit == "seconds"


def test_the_page_about_metrics_is_the_generated_one(repository):
    page = (repository / "docs/metrics.md").read_text("utf-8")
    assert page == metrics_reference.markdown(), (
        "run: python -m doclake.serve.metrics_reference > docs/metrics.md"
    )


def test_the_page_names_every_metric_that_a_server_tells_with_its_labels(server):
    server.search("spade", token=BOARD)
    samples = _samples(server.ask("GET", "/metrics", token=BOARD).body.decode())
    page = metrics_reference.markdown()
    for sample in samples:
        name = re.sub(r"_(bucket|sum|count|created)$", "", sample.name)
        (row,) = [line for line in page.splitlines() if re.match(rf"\| `{name}(_total)?` ", line)]
        assert {label for label in sample.labels if label != "le"} <= set(re.findall(r"\w+", row))
