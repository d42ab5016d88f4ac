"""Follows a topic: takes what is new and makes rows of it at once, in this process.

Messages and rows take turns: while rows are made, messages wait in the topic, so memory and lake
hold no backlog. Runs of Dagster over the same source do no harm: both take by the same commit.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from doclake.embed import Embedder
from doclake.errors import DoclakeError
from doclake.lake import audit, runs
from doclake.observe import prometheus
from doclake.operate.incident_rules import CheckOutcome, listing_failed, listing_succeeded, record
from doclake.operate.incidents import ERROR
from doclake.project import Project
from doclake.sources.streams.model import Taken
from doclake.sources.streams.source import StreamSource
from doclake.stages.ingest import ingest
from doclake.stages.report import Alarm, StageReport

LONGEST_PAUSE = 60.0  # seconds
_NOTED_EVERY = 60.0  # seconds between two notes that the rows are fresh
ACCEPT_LOSS = "accept_loss"
_CHECKS = {
    "deletion_refused": "deletions_within_guard",
    "listing_incomplete": "listing_is_complete",
    "messages_late": "messages_are_fresh",
}
"""The check of `documents` that an alarm of its stage fails."""


@dataclass(frozen=True)
class Step:
    """What was taken and what became of it; `error` ended it."""

    taken: Taken
    reports: tuple[StageReport, ...] = ()
    error: DoclakeError | None = None

    @property
    def alarms(self) -> list[Alarm]:
        return [alarm for report in self.reports for alarm in report.alarms]

    @property
    def failed(self) -> int:
        """Documents that failed."""
        return sum(len(report.failures) for report in self.reports)


class Following:
    """Of one source. Raises `SettingsError` for one that is no topic."""

    def __init__(self, project: Project, name: str) -> None:
        self._project, self._name = project, name
        opened = project.open_source(name)
        assert isinstance(opened, StreamSource), name
        self._source = opened
        self._embedder: Embedder | None = None
        self._is_due = True  # what a killed process took may not have become rows
        self._rests_until = self._noted_until = 0.0
        self.failures = 0

    def accept_loss(self) -> Taken:
        """Go on where the topic begins now, and say in the audit that somebody wanted it so."""
        self._source.accept_loss = True
        try:
            taken = self._source.take()
        finally:
            self._source.accept_loss = False
        audit.note(self._project.lake, action=ACCEPT_LOSS, source=self._name, rows=taken.messages)
        return taken

    def step(self) -> Step | None:
        """Take what is new and make rows of it; None if there was nothing to do. After a failure it
        rests, longer each time."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            taken = self._source.take()
        except DoclakeError as error:
            listing_failed(self._project, self._name, error)
            return self._failed(Taken(), error)
        if self.failures:
            listing_succeeded(self._project, self._name, as_registered=False)
        is_due = self._is_due or taken.messages > 0
        self._is_due = True  # until its rows are made
        try:
            reports = self._ingested() if is_due else ()
            self._note()
        except DoclakeError as error:
            self._record((), error)
            return self._failed(taken, error)
        self._is_due, self.failures = False, 0
        if not is_due:
            return None
        self._record(reports, None)
        return Step(taken, reports)

    def _note(self) -> None:
        """That the rows are fresh, also where no message came: a quiet topic is no stale one."""
        if time.monotonic() >= self._noted_until:
            runs.note(self._project.lake, self._name)
            prometheus.write(self._project)
            self._noted_until = time.monotonic() + _NOTED_EVERY

    def _failed(self, taken: Taken, error: DoclakeError) -> Step:
        self.failures += 1
        self._rests_until = time.monotonic() + min(LONGEST_PAUSE, 2.0**self.failures)
        return Step(taken, error=error)

    def _ingested(self) -> tuple[StageReport, ...]:
        project = self._project.today()
        if self._embedder is None or self._embedder.settings != project.settings.embedding:
            self._embedder = Embedder(project.settings.embedding)
        reports = ingest(project, self._name, embedder=self._embedder, retry_now=False)
        return tuple(reports)

    def _record(self, reports: tuple[StageReport, ...], error: DoclakeError | None) -> None:
        """Open and close incidents, as after a run."""
        raised = {alarm.code: alarm for report in reports for alarm in report.alarms}
        outcomes = [
            CheckOutcome(
                f"{self._name}/documents",
                check,
                code not in raised,
                ERROR,
                f"{raised[code].message} {raised[code].mend}" if code in raised else "",
            )
            for code, check in (_CHECKS.items() if reports else ())
        ]
        record(
            self._project,
            self._name,
            run_id="",
            ended=datetime.now(UTC),
            error=None if error is None else str(error),
            checks=outcomes,
        )
        prometheus.write(self._project)
