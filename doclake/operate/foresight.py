"""What the groups of buckets of an ingest would take, and what they took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doclake import clock
from doclake.errors import ModelError, SettingsError
from doclake.operate import amounts, pace
from doclake.operate.amounts import Amounts
from doclake.operate.pace import RUN
from doclake.project import Project
from doclake.tables.measurements import Measurement

_DONE = {
    "documents": ("documents_done", "documents_unchanged"),
    "elements": ("parsing_seconds",),
    "chunks": ("tokens",),
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
        except (ModelError, SettingsError):  # the run says so
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
        buckets: Sequence[str],
        figures: Mapping[str, Mapping[str, Any]],
        seconds: float,
    ) -> None:
        """Write down what a run took: the `figures` of its stages, and `seconds` in all."""
        self._ingest_id = self._ingest_id or run_id
        waited = self._amounts(buckets).stages
        rows, around = [], seconds
        for stage, names in _DONE.items():
            known = figures.get(stage, {})
            done = sum(known.get(name, 0) for name in names)
            around -= known.get("seconds", 0.0)
            if done:
                foreseen = self._seconds(stage, waited.get(stage, done))
                memory = known.get("memory_mb", 0) << 20
                rows.append(self._row(run_id, stage, done, known["seconds"], foreseen, memory))
        foreseen = self._seconds(RUN, 1)
        rows.append(self._row(run_id, RUN, 1, max(0.0, around), foreseen, 0))
        _loaded.update(row["stage"] for row in rows)
        pace.keep(self._project.lake, self._source, rows)

    def _amounts(self, buckets: Sequence[str]) -> Amounts:
        return amounts.total({b: self._waiting.get(b, Amounts()) for b in buckets})

    def _seconds(self, stage: str, amount: float) -> float:
        if not amount:
            return 0.0
        return self._pace.courses[stage].seconds(amount, is_first=stage not in _loaded)

    def _row(
        self, run_id: str, stage: str, amount: float, seconds: float, foreseen: float, memory: int
    ) -> Measurement:
        return Measurement(
            source=self._source,
            ingest_id=self._ingest_id,
            run_id=run_id,
            stage=stage,
            machine=pace.machine(stage, self._project.settings),
            is_first=stage not in _loaded,
            amount=amount,
            seconds=seconds,
            foreseen_seconds=foreseen,
            memory_bytes=memory or None,
            at=clock.now(),
        )
