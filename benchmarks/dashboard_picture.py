"""Draw the dashboard of Grafana, as a real Prometheus answers its queries.

    python -m benchmarks.dashboard_picture PROJECT PICTURE.png [--seconds 90]

Serves a project that was ingested, has Prometheus scrape it each second, and searches all the
while. Each panel stands where the dashboard has it, with its title, its unit and its legend. The
lines are drawn by matplotlib: this is no picture of Grafana's.
"""

from __future__ import annotations

import argparse
import itertools
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doclake import Project
from doclake.stages import quality
from tests import dashboard
from tests.prometheus import asked, scraping
from tests.served import Served, serving

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, ROW_INCHES = 24, 0.32
_FACTORS = {"percentunit": (100, "%"), "bytes": (1e-6, "MB"), "s": (1, "s"), "reqps": (1, "per s")}
_QUESTIONS = ("storm damage", "\uc5f0\ucc28 \ud734\uac00", "pump 4711", "invoice", "")


def search_for(served: Served, seconds: float) -> None:
    """Ask one question after another; the empty one is refused, which a panel shows."""
    until = time.monotonic() + seconds
    for question in itertools.cycle(_QUESTIONS):
        if time.monotonic() > until:
            return
        served.ask("POST", "/search", {"question": question})
        time.sleep(0.2)


def lines(url: str, panel: dict[str, Any], begun: float) -> list[tuple[str, list[float], Any]]:
    """The legend of each line of a panel, the seconds of its points, and their values."""
    found = []
    span = {"start": str(begun), "end": str(time.time()), "step": "1"}
    for target in panel["targets"]:
        query = dashboard.filled(target["expr"])
        for row in asked(url, "query_range", query=query, **span)["result"]:
            legend = re.sub(
                r"\{\{(\w+)\}\}",
                lambda name, labels=row["metric"]: labels.get(name[1], ""),  # type: ignore[misc]
                target["legendFormat"],
            )
            moments, values = zip(*row["values"], strict=True)
            found.append((legend, [at - begun for at in moments], list(map(float, values))))
    return found


def draw(axes: Axes, panel: dict[str, Any], found: list[tuple[str, list[float], Any]]) -> None:
    factor, unit = _FACTORS.get(panel["fieldConfig"]["defaults"]["unit"], (1, ""))
    axes.set_title(f"{panel['title']} ({unit})" if unit else panel["title"], loc="left", size=9)
    axes.tick_params(labelsize=7)
    latest = [(legend, values[-1] * factor) for legend, _, values in found]
    if panel["type"] == "stat":
        axes.axis("off")
        for place, (legend, value) in enumerate(latest):
            axes.text(0, 0.7 - 0.4 * place, f"{value:.3g}", size=18)
            axes.text(0.3, 0.72 - 0.4 * place, legend, size=8)
    elif panel["type"] == "bargauge":
        bars = axes.barh(*zip(*latest, strict=True), color="green")
        axes.bar_label(bars, fmt="%.2f")
        axes.set_xlim(0, 100)
    else:
        for legend, moments, values in found:
            axes.plot(moments, [value * factor for value in values], label=legend, lw=1)
        axes.margins(y=0.3)  # room for the legend
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, -0.03 * high))  # a line at 0 is seen
        axes.grid(alpha=0.3)
        axes.legend(fontsize=6, loc="upper left", ncols=2, framealpha=0.6)


def picture(url: str, begun: float) -> Figure:
    from matplotlib.figure import Figure

    panels = dashboard.dashboard()["panels"]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = Figure(figsize=(15, height * ROW_INCHES), layout="constrained")
    grid = figure.add_gridspec(height, COLUMNS)
    for panel in panels:
        place = panel["gridPos"]
        rows = slice(place["y"], place["y"] + place["h"])
        axes = figure.add_subplot(grid[rows, place["x"] : place["x"] + place["w"]])
        if panel["type"] == "row":
            axes.axis("off")
            axes.text(0, 0, panel["title"], size=11, weight="bold")
        else:
            draw(axes, panel, lines(url, panel, begun))
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    project = Project.open(options.project)
    quality.run(project)  # what its panels show: a nightly run writes it
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(project) as served,
        scraping(Path(folder), f"127.0.0.1:{served.port}") as url,
    ):
        begun = time.time()
        search_for(served, options.seconds)
        picture(url, begun).savefig(options.picture, dpi=75)


if __name__ == "__main__":
    main()
