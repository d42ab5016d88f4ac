"""What a step of curation is, and what it says of a chunk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, NamedTuple

import pyarrow as pa

from doclake.settings.fields import Model

SIGNAL = pa.schema(
    [
        pa.field("score", pa.float32(), nullable=False),
        pa.field("flags", pa.list_(pa.string()), nullable=False),
    ]
)


class Signal(NamedTuple):
    """`score`: from 0, nothing is wrong, to 1, it surely is. `flags`: the reasons, by stable words,
    none where nothing is wrong."""

    score: float = 0.0
    flags: tuple[str, ...] = ()


FINE = Signal()


class Step(ABC):
    """One way to judge chunks. Made with its section of the settings."""

    name: ClassVar[str]
    version: ClassVar[int]
    """Changes with what the step finds: its signals are then made anew."""
    needs: ClassVar[tuple[str, ...]]
    """Columns of the table `chunks` that it reads."""
    settings: ClassVar[type[Model]]
    """What it is made with."""

    @abstractmethod
    def __init__(self, settings: Any, /) -> None:
        """`settings` is an instance of the class variable of that name."""

    @abstractmethod
    def judge(self, chunks: pa.Table) -> pa.Table:
        """Row i of the result, of schema `SIGNAL`, describes row i of `chunks`: all chunks of some
        whole documents, those of a document together and in the order of `ordinal`."""


def rows(chunks: pa.Table, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Each chunk's values of those columns."""
    return zip(*(chunks[name].to_pylist() for name in names), strict=True)


def by_text(
    chunks: pa.Table, signals: Callable[[list[str]], Iterable[Signal]], at_once: int
) -> pa.Table:
    """The signals of the texts of chunks, of so many at once."""
    texts = [text for (text,) in rows(chunks, ["text"])]
    parts = (texts[start : start + at_once] for start in range(0, len(texts), at_once))
    return table(signal for part in parts for signal in signals(part))


def table(signals: Iterable[Signal]) -> pa.Table:
    """Signals as rows of schema `SIGNAL`."""
    made = list(signals)
    scores = pa.array([signal.score for signal in made], pa.float32())
    flags = pa.array([list(signal.flags) for signal in made], pa.list_(pa.string()))
    return pa.table([scores, flags], schema=SIGNAL)


def over(value: float, threshold: float) -> float:
    """The score of a measure of 0 to 1: .5 at the threshold, 1 at its end, 0 below."""
    if value < threshold:
        return 0.0
    return 1.0 if threshold >= 1 else 0.5 + 0.5 * min((value - threshold) / (1 - threshold), 1.0)
