"""A message as a topic gives it, and what was taken of a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Message(NamedTuple):
    """As a topic gives it; `time` is in milliseconds since 1970."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    time: int | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()


@dataclass
class Taken:
    """What was taken from a topic: how many messages, and by partition from where to where; `lag`
    is how many wait there still. `newest` is the time of the last one."""

    messages: int = 0
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    lag: int = 0
    newest: datetime | None = None

    def __str__(self) -> str:
        """`docs/0:17-42,docs/1:3-9`: the first offset of each partition, and the one after the
        last."""
        ranges = sorted(self.ranges.items())
        return ",".join(f"{name}:{first}-{end}" for name, (first, end) in ranges)
