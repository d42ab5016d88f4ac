"""The text file of metrics."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from doclake.settings.fields import Model, Place


def _file(value: str) -> str:
    if "://" in value or not value.endswith(".prom"):
        raise ValueError("a file of this machine whose name ends in .prom, or null")
    return value


class MetricsSettings(Model):
    """What Prometheus reads of the lake."""

    file: Annotated[Place, AfterValidator(_file)] | None = Field(
        "metrics.prom",
        description="Text file for the textfile collector of node_exporter, written after each "
        "run. A relative path begins in the folder of the lake, and is none for a lake in an "
        "object store; null: no file",
    )
