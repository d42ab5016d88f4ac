"""Pictures for asset metadata, as Markdown images that need no file."""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np

from doclake import extras

BINS, WIDTH, HEIGHT = 40, 640, 220


def histogram(values: np.ndarray, label: str, limit: int) -> dg.MetadataValue:
    """Distribution of `values`, at least one; `limit` is drawn as a line. As SVG, which a run over
    64 buckets draws in no time."""
    counts, edges = np.histogram(values, BINS, (0, max(limit, int(values.max()))))
    across, up = WIDTH / edges[-1], (HEIGHT - 56) / counts.max()
    bars = "".join(
        f'<rect x="{edge * across:.1f}" y="{HEIGHT - 36 - count * up:.1f}" '
        f'width="{WIDTH / BINS - 1:.1f}" height="{count * up:.1f}" fill="#4c72b0"/>'
        for count, edge in zip(counts, edges, strict=False)
        if count
    )
    middle, high = np.percentile(values, [50, 95])
    title = f"n = {len(values):,}, median {middle:.0f}, 95 % below {high:.0f}"
    line = f'x1="{limit * across:.1f}" x2="{limit * across:.1f}" y1="20" y2="{HEIGHT - 36}"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>{bars}'
        f'<line {line} stroke="#c44e52" stroke-dasharray="5 4"/>'
        f'<text x="4" y="14">{title}</text>'
        f'<text x="4" y="{HEIGHT - 22}">0</text>'
        f'<text x="{limit * across:.1f}" y="{HEIGHT - 22}" text-anchor="end">limit {limit:,}</text>'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{label}</text></svg>'
    )
    return pictures({label: svg})


def courses(
    lines: Mapping[str, Sequence[tuple[float, float, float]]], label: str
) -> dg.MetadataValue:
    """A line for each name: (value, low, high) from 0 to 1, oldest first. The band is pale."""
    if not lines:
        return dg.MetadataValue.md("No rows.")
    if not extras.is_there("matplotlib"):
        return dg.MetadataValue.md(
            f"Not drawn: `{extras.install('matplotlib')}` installs the plots."
        )
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


def pictures(drawings: Mapping[str, str]) -> dg.MetadataValue:
    """SVG by what it is called, one below the other."""
    images = [_markdown(svg.encode(), "image/svg+xml", label) for label, svg in drawings.items()]
    return dg.MetadataValue.md("\n\n".join(images) or "Nothing to draw yet.")


def _picture(figure: Any, label: str) -> dg.MetadataValue:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return _image(buffer.getvalue(), "image/png", label)


def _image(data: bytes, media_type: str, label: str) -> dg.MetadataValue:
    return dg.MetadataValue.md(_markdown(data, media_type, label))


def _markdown(data: bytes, media_type: str, label: str) -> str:
    picture = base64.b64encode(data).decode()
    return f"![{label}](data:{media_type};base64,{picture})"
