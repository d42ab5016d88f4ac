"""What Prometheus reads: requests, their seconds, and how many passages can be found."""

from __future__ import annotations

from functools import cached_property

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "doclake_requests", "Answered requests", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "doclake_request_seconds",
            "From the first byte of a request to the end of its answer",
            ["route"],
            buckets=_BOUNDS,
            registry=self._registry,
        )
        self.waiting = Gauge(
            "doclake_requests_waiting", "Requests at work or waiting", registry=self._registry
        )

    @cached_property
    def index_rows(self) -> Gauge:
        """Of a server of searches alone."""
        return Gauge("doclake_index_rows", "Passages that can be found", registry=self._registry)

    def count(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)
