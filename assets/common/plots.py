"""Pictures for asset metadata, as Markdown images that need no file."""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np

from doclake import extras

_NOT_DRAWN = dg.MetadataValue.md(f"Not drawn: `{extras.install('matplotlib')}` installs the plots.")


def histogram(values: np.ndarray, label: str, limit: int | None = None) -> dg.MetadataValue:
    """Distribution of `values`; `limit` is drawn as a line."""
    if not len(values):
        return dg.MetadataValue.md("No rows.")
    if not extras.is_there("matplotlib"):
        return _NOT_DRAWN
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.4), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.hist(values, bins=40, color="#4c72b0")
    if limit is not None:
        axes.axvline(limit, color="#c44e52", linestyle="--", linewidth=1, label=f"limit {limit}")
        axes.legend(frameon=False, loc="upper left")
    middle, high = np.percentile(values, [50, 95])
    axes.set_title(f"n = {len(values):,}, median {middle:.0f}, 95 % below {high:.0f}", fontsize=9)
    axes.set_xlabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    return _picture(figure, label)


def courses(
    lines: Mapping[str, Sequence[tuple[float, float, float]]], label: str
) -> dg.MetadataValue:
    """A line for each name: (value, low, high) from 0 to 1, oldest first. The band is pale."""
    if not lines:
        return dg.MetadataValue.md("No rows.")
    if not extras.is_there("matplotlib"):
        return _NOT_DRAWN
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.4), dpi=110, layout="constrained")
    axes = figure.subplots()
    for name, points in lines.items():
        values, low, high = np.array(points).T
        (line,) = axes.plot(values, marker=".", linewidth=1, label=name)
        axes.fill_between(range(len(values)), low, high, color=line.get_color(), alpha=0.15)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel(label)
    axes.set_xlabel("reports, oldest first")
    axes.legend(frameon=False, loc="lower left")
    axes.spines[["top", "right"]].set_visible(False)
    return _picture(figure, label)


def _picture(figure: Any, label: str) -> dg.MetadataValue:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture = base64.b64encode(buffer.getvalue()).decode()
    return dg.MetadataValue.md(f"![{label}](data:image/png;base64,{picture})")
