"""The gauges of a lake for Prometheus: beside those of a server, and as a text file after a run."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors.foreign import in_words
from doclake.observe.lake_figures import SHARED, Figures, look
from doclake.project import Project

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

_UNITS = ("seconds", "bytes", "ratio")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gauge:
    """Of a `figure` of `lake_figures`. Its unit is the end of its name."""

    name: str
    about: str
    labels: tuple[str, ...] = ()
    of_all: bool = False
    """One figure over all sources, which says something of each."""

    @property
    def figure(self) -> str:
        return self.name.removeprefix("doclake_")

    def family(self) -> GaugeMetricFamily:
        from prometheus_client.core import GaugeMetricFamily

        unit = self.name.rpartition("_")[2]
        unit = unit if unit in _UNITS else ""
        return GaugeMetricFamily(self.name, self.about, labels=self.labels, unit=unit)


_SOURCE = ("source",)
_STAGE = ("source", "stage")
GAUGES = (
    Gauge(
        "doclake_documents",
        "Documents, with those inside others, by status: ok or failed",
        ("source", "status"),
    ),
    Gauge(
        "doclake_documents_unindexed", "Documents that were read and wait for the index", _SOURCE
    ),
    Gauge("doclake_chunks", "Chunks that were written", _SOURCE),
    Gauge("doclake_quarantined_rows", "Rows that a contract refused, in the quarantine", _SOURCE),
    Gauge("doclake_freshness_target_seconds", "How old the last good run may be", _SOURCE),
    Gauge(
        "doclake_last_good_run_timestamp_seconds",
        "When a run last brought the source up to date, or found that it was",
        _SOURCE,
    ),
    Gauge(
        "doclake_stream_behind_messages",
        "Messages that waited in the topic of a source when it last took some",
        _SOURCE,
    ),
    Gauge(
        "doclake_stream_newest_message_timestamp_seconds",
        "When the newest message that was taken was sent",
        _SOURCE,
    ),
    Gauge(
        "doclake_incidents_open",
        f"Open incidents, by severity; those of no source have the source {SHARED}",
        ("source", "severity"),
    ),
    Gauge(
        "doclake_stage_seconds",
        "Seconds that a stage took in the last ingest in which it worked",
        _STAGE,
    ),
    Gauge(
        "doclake_stage_memory_bytes",
        "The most that a stage held at once in its last ingest, workers included",
        _STAGE,
    ),
    Gauge("doclake_stage_ended_timestamp_seconds", "When the last ingest of a stage ended", _STAGE),
    Gauge(
        "doclake_stage_documents", "Documents that a stage registered in its last ingest", _STAGE
    ),
    Gauge(
        "doclake_stage_parsing_seconds",
        "Seconds of parsing in the last ingest of a stage, over all workers",
        _STAGE,
    ),
    Gauge("doclake_stage_tokens", "Tokens that a stage cut or embedded in its last ingest", _STAGE),
    Gauge("doclake_stage_chunks", "Chunks that a stage judged in its last ingest", _STAGE),
    Gauge(
        "doclake_stage_index_rows",
        "Rows that a stage wrote to the index in its last ingest",
        _STAGE,
    ),
    Gauge("doclake_quality_ratio", "Shares of the last day that was judged", ("source", "measure")),
    Gauge(
        "doclake_quality_downtime_seconds",
        "Seconds of the last day that was judged with a grave incident open",
        _SOURCE,
    ),
    Gauge(
        "doclake_quality_judged_timestamp_seconds", "Until when the last day was judged", _SOURCE
    ),
    Gauge(
        "doclake_index_rows",
        "Passages that can be found; a server tells it those who may search all sources",
        of_all=True,
    ),
    Gauge(
        "doclake_index_behind_commits",
        "Commits of a table that the index has not followed; told as `doclake_index_rows` is",
        ("table",),
        of_all=True,
    ),
    Gauge("doclake_lake_readable", "Whether all of these figures could be read"),
    Gauge("doclake_figures_timestamp_seconds", "When these figures were read"),
)


@dataclass(frozen=True, eq=False)  # a registry knows it by its identity
class LakeCollector:
    """Figures in the form of prometheus_client. Of sources other than the `visible` ones, if these
    are given, nothing is told, nor what is counted over all unless these are all."""

    figures: Figures
    visible: Collection[str] | None = None
    are_all: bool = False

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in GAUGES:
            family = gauge.family()
            for labels, value in self.figures.samples.get(gauge.figure, ()):
                if self._is_told(gauge, labels):
                    family.add_metric(labels, value)
            yield family

    def _is_told(self, gauge: Gauge, labels: tuple[str, ...]) -> bool:
        if self.visible is None:
            return True
        if gauge.labels[:1] != _SOURCE:
            return self.are_all or not gauge.of_all
        return labels[0] in self.visible or labels[0] == SHARED


def registry(collector: LakeCollector) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry

    made = CollectorRegistry()
    made.register(collector)
    return made


def text(project: Project) -> str:
    """What the text file would hold now."""
    from prometheus_client import generate_latest

    return generate_latest(registry(LakeCollector(look(project)))).decode()


def text_file(project: Project) -> Path | None:
    """Where the text file stands; None if there is to be none."""
    named = project.settings.metrics.file
    if named is None:
        return None
    path = Path(named).expanduser()
    lake = project.settings.local_path(project.settings.lake)
    return path if path.is_absolute() else lake / path if lake else None


def write(project: Project) -> None:
    """Write the text file anew, in one step: after each run, however it ended. Never fails a run:
    what goes wrong is a warning in the log."""
    path = text_file(project)
    if path is None:
        return
    from prometheus_client import write_to_textfile

    try:
        write_to_textfile(str(path), registry(LakeCollector(look(project))))
    except OSError as error:
        _log.warning("metrics.file: %s is not written: %s", path, in_words(error, str(path)))
