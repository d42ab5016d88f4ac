"""Every query of the dashboard and of the alerts asks for metrics and labels that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser
import pytest

from doclake.observe.prometheus import GAUGES
from doclake.serve.metrics import Metrics
from tests import dashboard

OF_TARGETS = {"job", "instance"}
"""Labels that Prometheus gives."""


def _known() -> dict[str, set[str]]:
    """The labels of each name that can be asked for."""
    known = {gauge.name: set(gauge.labels) for gauge in GAUGES}
    for name, labels, family in Metrics().declared():
        if family.type == "histogram":
            parts = {f"{name}_bucket": {*labels, "le"}, f"{name}_sum": set(labels)}
            known |= parts | {f"{name}_count": set(labels)}
        else:
            known[name] = set(labels)
    return known


def _unknown(query: str) -> list[str]:
    """What a query asks for that does not exist."""
    found: list[str] = []
    _labels(promql_parser.parse(query), found)
    return found


def _labels(node: object, unknown: list[str]) -> set[str]:
    """The labels of what an expression gives, as far as it is asked for them."""
    if isinstance(node, promql_parser.MatrixSelector):
        return _labels(node.vector_selector, unknown)
    if isinstance(node, promql_parser.VectorSelector):
        labels = _known().get(node.name)
        if labels is None:
            unknown.append(node.name)
            return set()
        labels = labels | OF_TARGETS
        unknown += [m.name for m in node.matchers.matchers if m.name not in labels]
        return labels
    inner = [_labels(part, unknown) for part in _parts(node)]
    labels = set.union(set(), *inner)
    if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
        unknown += [name for name in node.modifier.labels if name not in labels]
        return set(node.modifier.labels)
    if isinstance(node, promql_parser.BinaryExpr):
        sides = [side for side in inner if side]
        if len(sides) == 2 and not node.modifier:
            assert sides[0] == sides[1], "its sides have no labels in common to match by"
    return labels


def _parts(node: object) -> Iterator[object]:
    for name in ("expr", "lhs", "rhs"):
        if hasattr(node, name):
            yield getattr(node, name)
    yield from getattr(node, "args", ())


@pytest.mark.parametrize(("title", "query"), [*dashboard.queries(), *dashboard.alerts()])
def test_every_query_asks_for_metrics_and_labels_that_exist(title, query):
    assert _unknown(query) == []


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("doclake_docs", ["doclake_docs"]),
        ('doclake_documents{owner="ada"}', ["owner"]),
        ("max by (stage) (doclake_documents)", ["stage"]),
        ("rate(doclake_request_seconds_buckets[5m])", ["doclake_request_seconds_buckets"]),
        ("sum by (le) (rate(doclake_requests_total[5m]))", ["le"]),
        ("time() - max by (source) (doclake_chunks)", []),
    ],
)
def test_what_does_not_exist_is_noticed(query, unknown):
    assert _unknown(query) == unknown


def test_the_variables_of_the_dashboard_ask_for_labels_that_exist():
    asked = [one["query"] for one in dashboard.dashboard()["templating"]["list"][1:]]
    for query in asked:
        inner = re.fullmatch(r"label_values\((.+), (\w+)\)", query["query"])
        selector, label = inner.groups()
        assert _unknown(f"max by ({label}) ({dashboard.filled(selector)})") == []


def test_panels_lie_side_by_side_and_say_what_they_show():
    taken: dict[tuple[int, int], str] = {}
    panels = dashboard.dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place, title = panel["gridPos"], panel["title"]
        assert panel["type"] == "row" or panel["description"], title
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert x < 24 and (x, y) not in taken, (title, taken.get((x, y)))
                taken[x, y] = title


def test_the_command_prints_gauges_dashboard_and_alerts(command, capsys):
    assert command("metrics") == 0
    assert 'doclake_documents{source="notes",status="ok"} 4.0' in capsys.readouterr().out
    assert command("metrics", "--dashboard") == 0
    assert capsys.readouterr().out == (dashboard.TEMPLATES / "dashboard.json").read_text("utf-8")
    assert command("metrics", "--alerts") == 0
    assert capsys.readouterr().out == (dashboard.TEMPLATES / "alert_rules.yaml").read_text("utf-8")
