"""What a stage reports."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake import peak_memory

if TYPE_CHECKING:
    from doclake.contracts import Tallies, Verdict


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

    `counts` holds its figures by name, `rows` the number of rows it wrote, `contracts` by table for
    each rule how many rows were checked and how many broke it. `memory_bytes` is the most
    that this process held meanwhile, and beside it `beside_bytes` at most that its workers held.
    `listed` is the data version of each bucket as it was listed, where that of the registry stays
    another one.
    """

    stage: str
    documents: int = 0
    unchanged: int = 0
    rows: int = 0
    seconds: float = 0.0
    counts: dict[str, int | float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    contracts: dict[str, Tallies] = field(default_factory=dict)
    memory_bytes: int = 0
    beside_bytes: int = 0
    listed: dict[str, str] = field(default_factory=dict, repr=False)
    started: float = field(default_factory=time.perf_counter, repr=False)

    def __post_init__(self) -> None:
        peak_memory.forget_peak()

    def add(self, name: str, amount: int | float = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + amount

    @property
    def rules(self) -> Tallies:
        """Of the contract of its own table."""
        return self.contracts.get(self.stage, {})

    def tally_rules(self, verdict: Verdict, table: str | None = None) -> None:
        """Add up what each rule of a contract saw over the batches of the run."""
        from doclake.contracts.tally import add

        add(self.contracts.setdefault(table or self.stage, {}), verdict)

    def finished(self) -> StageReport:
        self.seconds = time.perf_counter() - self.started
        self.memory_bytes = peak_memory.peak_bytes() + self.beside_bytes
        return self
