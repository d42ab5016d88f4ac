"""The dashboard for Grafana and the rules of alerts, as queries for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

import yaml

TEMPLATES = files("doclake") / "templates"
_VARIABLES = {"$__rate_interval": "20s", "$job": ".*", "$source": ".*"}


def dashboard() -> dict:
    return json.loads((TEMPLATES / "dashboard.json").read_text("utf-8"))


def rules() -> dict:
    return yaml.safe_load((TEMPLATES / "alert_rules.yaml").read_text("utf-8"))


def queries() -> Iterator[tuple[str, str]]:
    """The title of each panel and each of its queries, with values in place of variables."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], filled(target["expr"])


def alerts() -> Iterator[tuple[str, str]]:
    for group in rules()["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def filled(query: str) -> str:
    for name, value in _VARIABLES.items():
        query = query.replace(name, value)
    assert "$" not in query, query
    return query
