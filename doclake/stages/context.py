"""What a stage is given and what it reports."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from doclake import ids
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.settings import Settings, SourceSettings

if TYPE_CHECKING:
    from doclake.contracts import RuleResult

T = TypeVar("T")


@dataclass(frozen=True)
class StageContext:
    """One run of a stage over some buckets of one source."""

    lake: Lake
    settings: Settings
    source: str
    buckets: tuple[str, ...]
    run_id: str = ""
    progress: Progress = silent
    allow_deletions: bool = False
    retry_now: bool = False

    @property
    def source_settings(self) -> SourceSettings:
        return self.settings.sources[self.source]

    @property
    def scope(self) -> Scope:
        return Scope(self.source, self.buckets)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the partitions of this run against other runs of a stage, and the tables open."""
        with locks.partitions(self.lake, self.source, self.buckets), self.lake.kept_open():
            yield

    @property
    def batch_size(self) -> int:
        return self.settings.processing.batch_documents

    def step(self, stage: str, done: int, total: int, unit: str = "documents") -> None:
        self.progress(Step(self.source, stage, done, total, unit))

    @classmethod
    def whole(cls, lake: Lake, settings: Settings, source: str) -> StageContext:
        """Every bucket of the source."""
        buckets = ids.bucket_names(settings.sources[source].buckets)
        return cls(lake, settings, source, tuple(buckets))


@dataclass(frozen=True)
class Failure:
    """A document that a stage could not handle."""

    path: str
    stage: str
    error: str
    message: str
    mend: str
    attempts: int


@dataclass(frozen=True)
class Alarm:
    """Something a person must decide; the run goes on without it."""

    code: str
    message: str
    mend: str


@dataclass
class StageReport:
    """What a stage did.

    `counts` holds its figures by name, `rows` the number of rows it wrote, `rules` for each rule
    of its contract how many rows were checked and how many refused.
    """

    stage: str
    documents: int = 0
    unchanged: int = 0
    rows: int = 0
    seconds: float = 0.0
    counts: dict[str, int | float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    rules: dict[str, tuple[int, int]] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter, repr=False)

    def add(self, name: str, amount: int | float = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + amount

    def tally_rules(self, results: Iterable[RuleResult]) -> None:
        """Add up what each rule of a contract saw over the batches of the run."""
        for result in results:
            checked, refused = self.rules.get(result.name, (0, 0))
            self.rules[result.name] = (checked + result.checked, refused + result.unexpected)

    def finished(self) -> StageReport:
        self.seconds = time.perf_counter() - self.started
        return self


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items (itertools.batched is younger than Python 3.11)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
