"""The page about metrics and traces, read off what declares them so that it cannot go stale.

python -m doclake.serve.metrics_reference > docs/metrics.md
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from doclake.observe.prometheus import GAUGES
from doclake.serve.metrics import Metrics


def markdown() -> str:
    """All of docs/metrics.md."""
    template = (files("doclake") / "templates" / "metrics.md").read_text("utf-8")
    page, heading, rest = template.partition("\n## Dashboard and alerts\n")
    return page + "\n".join(_lines()) + "\n" + heading + rest


def _lines() -> Iterator[str]:
    yield from ("", "## Of the lake", "", "Gauges, at both places.", "")
    yield from ("| metric | labels | |", "|---|---|---|")
    for gauge in GAUGES:
        yield _row(gauge.name, gauge.labels, gauge.about)
    yield from ("", "## Of a server", "", "Of this process, at `/metrics` alone.", "")
    yield from ("| metric | type | labels | |", "|---|---|---|---|")
    for name, labels, family in Metrics().declared():
        yield _row(name, labels, family.documentation, family.type)


def _row(name: str, labels: tuple[str, ...], about: str, *more: str) -> str:
    told = ", ".join(f"`{label}`" for label in labels)
    return f"| {' | '.join([f'`{name}`', *more, told, about])} |"


if __name__ == "__main__":
    print(markdown(), end="")
