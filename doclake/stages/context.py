"""What a stage is given: a project, a source and some of its buckets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar

from doclake import ids
from doclake.errors import LakeError
from doclake.fingerprints import Fingerprints
from doclake.health.damage import require_whole
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.upgrades.apply import record_new
from doclake.personal.policy import Policy
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.settings import Settings, SourceSettings

T = TypeVar("T")


@dataclass(frozen=True)
class StageContext:
    """One run of a stage over some buckets of one source."""

    project: Project
    source: str
    buckets: tuple[str, ...]
    run_id: str = ""
    progress: Progress = silent
    allow_deletions: bool = False
    retry_now: bool = False

    @property
    def lake(self) -> Lake:
        return self.project.lake

    @property
    def settings(self) -> Settings:
        return self.project.settings

    @property
    def fingerprints(self) -> Fingerprints:
        return self.project.fingerprints(self.source)

    @property
    def source_settings(self) -> SourceSettings:
        return self.project.source(self.source)

    @cached_property
    def personal_data(self) -> Policy:
        """Raises `SettingsError` if the key of `hash` is missing."""
        return Policy.of(self.source_settings.recipe)

    @property
    def scope(self) -> Scope:
        return Scope(self.source, self.buckets)

    @contextmanager
    def exclusive(self, *tables: str) -> Iterator[None]:
        """Keep other runs of a stage out of the partitions of this one, and its tables open.

        Raises `LakeDamaged` if a file of these tables in the partitions is damaged, as far as a
        look tells, or if the stage cannot read one: a run with nothing to do would not notice.
        """
        record_new(self.lake)
        with locks.partitions(self.lake, self.source, self.buckets), self.lake.kept_open():
            require_whole(self.project, self.source, self.buckets, tables)
            try:
                yield
            except LakeError as error:
                if type(error) is LakeError and (table := error.facts.get("table")):
                    require_whole(self.project, self.source, self.buckets, [table], thorough=True)
                raise

    @property
    def batch_size(self) -> int:
        return self.settings.processing.batch_documents

    def step(
        self, stage: str, done: int, total: int, unit: str = "documents", pace: str = ""
    ) -> None:
        self.progress(Step(self.source, stage, done, total, unit, pace))

    @classmethod
    def whole(cls, project: Project, source: str) -> StageContext:
        """Every bucket of the source."""
        return cls(project, source, tuple(ids.bucket_names(project.source(source).buckets)))


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items (itertools.batched is younger than Python 3.11)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
