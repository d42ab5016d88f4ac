"""A real Prometheus scrapes a real server, and is asked every query of the dashboard."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
from typing import Any

import pytest
import yaml

from doclake.stages import quality
from tests import dashboard
from tests.prometheus import asked, scraping
from tests.served import serving

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="no Prometheus: apt-get install prometheus"
)


def _waited(what, seconds: float = 30.0) -> Any:
    until = time.monotonic() + seconds
    while True:
        try:
            if found := what():
                return found
        except urllib.error.URLError:  # it is starting
            pass
        assert time.monotonic() < until, what
        time.sleep(0.25)


@pytest.mark.slow
def test_every_query_of_the_dashboard_gives_rows_of_a_server(command, flow, tmp_path):
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "freshness": "12h"}
    flow.configure(sources={"notes": source})
    flow.write("more.txt", "The hoe stands beside the spade. " * 20)
    assert command("ingest") == 0
    quality.run(flow.project)
    with (
        serving(flow.project) as served,
        scraping(tmp_path, f"127.0.0.1:{served.port}") as url,
    ):

        def requests() -> list[Any]:
            served.search("Where does the spade hang?")
            expression = 'rate(doclake_request_seconds_count{route="/search"}[20s]) > 0'
            return asked(url, "query", query=expression)["result"]

        _waited(requests)
        for title, query in dashboard.queries():
            rows = asked(url, "query", query=query)["result"]
            assert rows, (title, query)
            assert all(float(row["value"][1]) == float(row["value"][1]) for row in rows), title
        ages = asked(url, "query", query=dict(dashboard.queries())["Age against target"])
        assert 0 < float(ages["result"][0]["value"][1]) < 0.1

        health = _waited(lambda: _health(url))
        assert health == dict.fromkeys((name for name, _ in dashboard.alerts()), "ok")
        assert asked(url, "alerts")["alerts"] == []


def _health(url: str) -> dict[str, str]:
    """Of each rule; empty before all were evaluated."""
    rules = [rule for group in asked(url, "rules")["groups"] for rule in group["rules"]]
    health = {rule["name"]: rule["health"] for rule in rules}
    return {} if "unknown" in health.values() else health


@pytest.mark.slow
def test_what_is_wrong_raises_its_alert(flow, tmp_path):
    log = flow.folder / "lake/tables/ledger/_delta_log"
    for commit in log.glob("*.json"):
        commit.write_text("{}")
    with (
        serving(flow.project) as served,
        scraping(tmp_path, f"127.0.0.1:{served.port}") as url,
    ):
        alerts = _waited(lambda: asked(url, "alerts")["alerts"])
        assert {alert["labels"]["alertname"] for alert in alerts} == {"DoclakeLakeUnreadable"}


def test_the_rules_and_the_text_file_pass_the_linter_of_prometheus(command, flow, tmp_path):
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(dashboard.rules()))
    rules = ["promtool", "check", "rules", "alerts.yaml"]
    checked = subprocess.run(rules, cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert command("ingest") == 0
    text = (flow.folder / "lake/metrics.prom").read_bytes()
    linted = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert linted.returncode == 0, linted.stdout + linted.stderr
