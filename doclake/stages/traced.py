"""Spans around the run of a stage, and around each group of documents in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec

from doclake import tracing
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport

Given = ParamSpec("Given")
_GROUP = "doclake.stage.group"


def traced(stage: str) -> Callable[[Callable[Given, StageReport]], Callable[Given, StageReport]]:
    """Decorator of what runs a stage, over a `StageContext` or a whole project."""

    def decorated(run: Callable[Given, StageReport]) -> Callable[Given, StageReport]:
        @wraps(run)
        def call(*args: Given.args, **kwargs: Given.kwargs) -> StageReport:
            over = args[0]
            attributes: dict[str, tracing.Value] = {tracing.STAGE: stage}
            run_id = str(kwargs.get("run_id", ""))
            if isinstance(over, StageContext):
                run_id = over.run_id
                attributes |= {tracing.SOURCE: over.source, "doclake.buckets": over.buckets}
            if run_id:
                attributes[tracing.RUN_ID] = run_id
            with tracing.span(f"{tracing.STAGE} {stage}", attributes, run_id=run_id) as span:
                report = run(*args, **kwargs)
                span.set(_figures(report))
            return report

        return call

    return decorated


def _figures(report: StageReport) -> tracing.Attributes:
    return {
        "doclake.documents": report.documents,
        "doclake.documents.unchanged": report.unchanged,
        "doclake.documents.failed": len(report.failures),
        "doclake.rows": report.rows,
        "doclake.alarms": tuple(alarm.code for alarm in report.alarms),
    }


def group(
    stage: str, size: int, unit: str = "documents", began: int | None = None
) -> AbstractContextManager[tracing.Span]:
    """Around the work on so many documents that are committed together."""
    name = f"{_GROUP} {stage}"
    return tracing.span(name, {tracing.STAGE: stage, f"doclake.{unit}": size}, began=began)
