"""What the groups of buckets of an ingest would take, and what they took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from doclake import clock
from doclake.errors import LakeError, ModelError, SettingsError
from doclake.operate import amounts, pace
from doclake.operate.amounts import Amounts
from doclake.operate.pace import RUN
from doclake.project import Project
from doclake.tables.measurements import Measurement

_DONE = {
    "documents": ("documents_done", "documents_unchanged"),
    "elements": ("parsing_seconds",),
    "chunks": ("tokens",),
    "signals": ("judged",),
    "embeddings": ("tokens",),
    "search_index": ("rows_written",),
}
"""Figures of a stage that say how much it did."""
_loaded: set[str] = set()  # stages that this process has started: theirs is no start any more


class Foresight:
    """Of one source, from its first run on."""

    def __init__(self, project: Project, source: str) -> None:
        self._project, self._source = project, source
        self._pace = pace.pace(project.lake, project.settings)
        self._waiting: Mapping[str, Amounts] = {}
        self._ingest_id = ""

    def look(self) -> None:
        """See what waits in each bucket, once the source is registered."""
        try:
            self._waiting = amounts.waiting(self._project, self._source)
        except (LakeError, ModelError, SettingsError):  # the run says so
            self._waiting = {}

    def needs(self, buckets: Sequence[str]) -> tuple[float, float]:
        """Tokens and seconds for all stages of these buckets."""
        work = self._amounts(buckets)
        seconds = sum(self._seconds(stage, amount) for stage, amount in work.stages.items())
        return work.embeddings, seconds + self._seconds(RUN, 1)

    def registering(self, documents: int) -> float:
        """Seconds until so many documents are registered."""
        return self._seconds("documents", documents) + self._seconds(RUN, 1)

    def tokens(self, buckets: Sequence[str]) -> int:
        """Tokens that wait for vectors in buckets that are cut already: no estimate."""
        return amounts.lacking_tokens(self._project, self._source, buckets)

    def keep(
        self,
        run_id: str,
        figures: Mapping[str, Mapping[str, Any]],
        seconds: float,
        buckets: Sequence[str] = (),
        *,
        of_another_process: bool = False,
    ) -> None:
        """Write down what a run took, once: the `figures` of its stages, and `seconds` in all. What
        was foreseen of these `buckets` stands beside it, or what is now of as much work. A run `of
        another process` has loaded what it needed for itself."""
        loaded = set() if of_another_process else _loaded
        self._ingest_id = self._ingest_id or run_id
        waited = self._amounts(buckets).stages
        took = _took(figures, seconds)
        rows = [
            Measurement(
                source=self._source,
                ingest_id=self._ingest_id,
                run_id=run_id,
                stage=stage,
                machine=pace.machine(stage, self._project.settings),
                is_first=stage not in loaded,
                amount=amount,
                seconds=spent,
                foreseen_seconds=self._seconds(stage, waited.get(stage, amount), loaded),
                memory_bytes=memory or None,
                ended_at=clock.now(),
            )
            for stage, (amount, spent, memory) in took.items()
        ]
        loaded.update(took)
        pace.keep(self._project.lake, self._source, rows)

    def _amounts(self, buckets: Sequence[str]) -> Amounts:
        return amounts.total({b: self._waiting.get(b, Amounts()) for b in buckets})

    def _seconds(self, stage: str, amount: float, loaded: Collection[str] = _loaded) -> float:
        if not amount:
            return 0.0
        return self._pace.courses[stage].seconds(amount, is_first=stage not in loaded)


def _took(
    figures: Mapping[str, Mapping[str, Any]], seconds: float
) -> dict[str, tuple[float, float, int]]:
    """Amount, seconds and bytes of memory of each stage that did any work, and of what is around
    all stages of a run that took `seconds`."""
    took = {}
    for stage, names in _DONE.items():
        known = figures.get(stage, {})
        seconds -= known.get("seconds", 0.0)
        if done := sum(known.get(name, 0) for name in names):
            took[stage] = (done, known["seconds"], known.get("memory_mb", 0) << 20)
    return took | {RUN: (1, max(0.0, seconds), 0)}
