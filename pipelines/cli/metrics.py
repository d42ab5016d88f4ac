"""doclake metrics"""

from __future__ import annotations

from typing import Annotated

import typer

from doclake_dagster.pipelines.cli import console


def command(
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="The dashboard for Grafana, as JSON, in their place")
    ] = False,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="The rules of alerts for Prometheus in their place")
    ] = False,
) -> None:
    """Print the gauges of the lake as Prometheus reads them. The operator's view: of every
    source."""
    from importlib.resources import files

    console.require_one_at_most(dashboard=dashboard, alerts=alerts)
    templates = files("doclake") / "templates"
    if dashboard or alerts:
        name = "dashboard.json" if dashboard else "alert_rules.yaml"
        print((templates / name).read_text("utf-8"), end="")
        return
    from doclake.observe import prometheus

    print(prometheus.text(console.open_project()), end="")
