"""Traces of OpenTelemetry: what runs, stages, searches and requests took, and what they stood in.

Off, and nothing of OpenTelemetry imported, unless the standard variables OTEL_TRACES_EXPORTER or
OTEL_EXPORTER_OTLP_ENDPOINT say where traces go. Attributes are names of the settings, ids and
counts: no question, no text, no path, no message of an error.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from doclake import extras
from doclake.errors import DoclakeError
from doclake.secrets import redact, redact_all

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span as OtelSpan
    from opentelemetry.trace import Tracer

Value = str | bool | int | float | tuple[str, ...]
Attributes = Mapping[str, Value]
NOTHING: Attributes = {}
RUN, RUN_ID, SOURCE, STAGE = "doclake.run", "doclake.run.id", "doclake.source", "doclake.stage"
_PROTOCOLS = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
_log = logging.getLogger(__name__)
_runs: dict[str, OtelSpan] = {}


@dataclass(frozen=True)
class Span:
    """What stands around some work; while traces are off, nothing."""

    _inner: OtelSpan | None = None

    def set(self, attributes: Attributes) -> None:
        if self._inner is not None:
            self._inner.set_attributes(redact_all(dict(attributes)))

    def rename(self, name: str) -> None:
        if self._inner is not None:
            self._inner.update_name(name)

    def failed(self, code: str) -> None:
        """`code` is that of an error of ours, or the name of a type."""
        if self._inner is not None:
            _fail(self._inner, code)


_SILENT = Span()


@contextmanager
def span(
    name: str,
    attributes: Attributes = NOTHING,
    *,
    kind: Literal["INTERNAL", "SERVER", "CLIENT"] = "INTERNAL",
    began: int | None = None,
    headers: Mapping[str, str] | None = None,
    run_id: str = "",
) -> Iterator[Span]:
    """Around some work, from `began` on if that is given, in nanoseconds since the epoch. It stands
    in the span around it; else in that of the `headers` of a caller, or of the run `run_id`."""
    tracer = _tracer()
    if tracer is None:
        yield _SILENT
        return
    from opentelemetry import propagate, trace

    parent = propagate.extract(headers) if headers is not None else _of_run(tracer, run_id)
    with tracer.start_as_current_span(
        name,
        parent,
        kind=trace.SpanKind[kind],
        attributes=redact_all(dict(attributes)),
        start_time=began,
        record_exception=False,  # it holds the message
        set_status_on_exception=False,
    ) as inner:
        try:
            yield Span(inner)
        except Exception as error:
            code = error.code if isinstance(error, DoclakeError) else type(error).__name__
            _fail(inner, code)
            if run_id in _runs:
                _fail(_runs[run_id], code)
            raise


def now() -> int:
    """For `began` of a span."""
    return time.time_ns()


def headers() -> dict[str, str]:
    """The headers of W3C that tell another process in which span it is asked; else empty."""
    carrier: dict[str, str] = {}
    if _tracer() is not None:
        from opentelemetry import propagate

        propagate.inject(carrier)
    return carrier


def _fail(inner: OtelSpan, code: str) -> None:
    from opentelemetry.trace import StatusCode

    inner.set_status(StatusCode.ERROR)
    inner.set_attribute("error.type", redact(code))


def _of_run(tracer: Tracer, run_id: str) -> Context | None:
    """The context of the span of a run that has this process for itself: it is over when the
    process is. None where a span stands around already, or there is no run."""
    from opentelemetry import trace

    if not run_id or trace.get_current_span().get_span_context().is_valid:
        return None
    if run_id not in _runs:
        _runs[run_id] = tracer.start_span(RUN, attributes={RUN_ID: run_id})
        atexit.register(_runs[run_id].end)
    return trace.set_span_in_context(_runs[run_id])


def _is_wanted() -> bool:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    named = os.environ.get("OTEL_TRACES_EXPORTER", "").strip()
    if named:
        return named.lower() != "none"
    variables = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return any(os.environ.get(name, "").strip() for name in variables)


@cache
def _tracer() -> Tracer | None:
    """Of the program around us, if it traces; else one of our own, so that libraries, which put
    paths and messages into their spans, do not send theirs along."""
    if not _is_wanted():
        return None
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider

        provider = trace.get_tracer_provider()
        if not isinstance(provider, TracerProvider):
            provider = _provider()
    except (ImportError, LookupError, ValueError) as error:
        _log.warning("Traces are off: %s %s", error, extras.install("opentelemetry.sdk"))
        return None
    return provider.get_tracer("doclake", _version())


def _provider() -> Any:
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    ours = {"service.name": "doclake", "service.version": _version()}
    told = OTELResourceDetector().detect().attributes
    provider = TracerProvider(resource=Resource.create({**ours, **told}))
    for exporter in _exporters():
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _exporters() -> Iterator[SpanExporter]:
    """Those that the variables name, found as OpenTelemetry finds them."""
    from importlib.metadata import entry_points

    protocol = (
        os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    for named in (os.environ.get("OTEL_TRACES_EXPORTER") or "otlp").split(","):
        name = _PROTOCOLS.get(protocol, protocol) if named.strip() == "otlp" else named.strip()
        known = entry_points(group="opentelemetry_traces_exporter", name=name)
        if not known:
            raise LookupError(f"there is no exporter {name}.")
        yield next(iter(known)).load()()


def _version() -> str:
    from importlib.metadata import version

    return version("doclake")
