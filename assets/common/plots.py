"""Pictures for asset metadata, as Markdown images that need no file."""

import base64
import io

import dagster as dg
import numpy as np


def histogram(values: np.ndarray, label: str, limit: int | None = None) -> dg.MetadataValue:
    """Distribution of `values`; `limit` is drawn as a line."""
    if not len(values):
        return dg.MetadataValue.md("No rows.")
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
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture = base64.b64encode(buffer.getvalue()).decode()
    return dg.MetadataValue.md(f"![{label}](data:image/png;base64,{picture})")
