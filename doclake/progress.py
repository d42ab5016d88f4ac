"""How a stage tells its progress, without knowing who listens (a terminal, a Dagster log)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` units of a stage are finished; `pace` says how fast, if that is known, such
    as 5,431 tokens/s."""

    source: str
    stage: str
    done: int
    total: int
    unit: str
    pace: str = ""


Progress = Callable[[Step], None]
_listeners: list[Progress] = []


def silent(_step: Step) -> None:
    """Nobody listens."""


@contextmanager
def listening(listener: Progress) -> Iterator[None]:
    """Send every step that this process tells to the listener, too."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(step: Step) -> None:
    for listener in _listeners:
        listener(step)
