"""What Prometheus reads: requests and their seconds, and beside them the gauges of the lake."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.exposition import choose_encoder

from doclake.observe.prometheus import LakeCollector

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LABELS: dict[str, tuple[str, ...]] = {
    "doclake_requests_total": ("route", "status"),
    "doclake_request_seconds": ("route",),
    "doclake_requests_waiting": (),
}


class Metrics:
    """Of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "doclake_requests_total",
            "Answered requests",
            _LABELS["doclake_requests_total"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "doclake_request_seconds",
            "From the first byte of a request to the end of its answer",
            _LABELS["doclake_request_seconds"],
            unit="seconds",
            buckets=_BOUNDS,
            registry=self._registry,
        )
        self.waiting = Gauge(
            "doclake_requests_waiting", "Requests at work or waiting", registry=self._registry
        )

    def declared(self) -> Iterator[tuple[str, tuple[str, ...], Metric]]:
        """The name of each metric, the names of its labels, and what it is."""
        for family in self._registry.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield name, _LABELS[name], family

    def count(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def told(self, accepted: str | None, lake: LakeCollector | None) -> tuple[bytes, str]:
        """All metrics, and the type of their text: that of OpenMetrics for who accepts it."""
        everything = CollectorRegistry()
        everything.register(self._registry)
        if lake is not None:
            everything.register(lake)
        encode, kind = choose_encoder(accepted or "")
        return encode(everything), kind
