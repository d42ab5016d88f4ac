"""How a stage tells what it is doing, without knowing who listens (a terminal, a Dagster log)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` units of a stage are finished."""

    source: str
    stage: str
    done: int
    total: int
    unit: str


Progress = Callable[[Step], None]


def silent(_step: Step) -> None:
    """Nobody listens."""
