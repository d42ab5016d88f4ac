"""Counts of documents and of what was made of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from doclake.health.fault import Fault

SHOWN_PROBLEMS = 20


@dataclass
class Balance:
    """Counts of one source, or of all. `documents` includes those found inside others,
    `other_access` are listed documents with another access list than the settings give, `no_chunk`
    and `thin` documents of that kind of shortfall."""

    listed: int = 0
    other_access: int = 0
    documents: int = 0
    failed: int = 0
    no_chunk: int = 0
    thin: int = 0
    quarantined: int = 0
    elements: int = 0
    excluded: int = 0
    chunks: int = 0
    dropped: int = 0
    vectors: int = 0
    indexed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        return not self.faults

    @property
    def problems(self) -> list[str]:
        return [fault.message for fault in self.faults]

    def add(self, other: Balance) -> None:
        for name, value in asdict(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
        self.faults += other.faults

    def as_dict(self) -> dict[str, Any]:
        counts = {name: n for name, n in asdict(self).items() if name != "faults"}
        return counts | {
            "balanced": self.balanced,
            "problems": self.problems[:SHOWN_PROBLEMS],
            "problem_count": len(self.problems),
        }


def total(balances: dict[str, Balance]) -> Balance:
    whole = Balance()
    for balance in balances.values():
        whole.add(balance)
    return whole
