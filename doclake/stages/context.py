"""What a stage is given and what it reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from doclake import ids
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.settings import Settings, SourceSettings

if TYPE_CHECKING:
    pass

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


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items (itertools.batched is younger than Python 3.11)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
