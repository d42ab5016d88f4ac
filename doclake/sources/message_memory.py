"""What a source of messages has taken from its topic. It knows no lake: whoever lists it hands the
memory in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import pyarrow as pa

from doclake.tables.messages import Batch, MessageRow, OffsetOf


class MessageMemory(Protocol):
    """Rows of the table `messages` of one source."""

    def take(self, read: Callable[[OffsetOf], Batch | None]) -> Batch | None:
        """Keep the messages that `read` gives and where to go on, both or neither; None is nothing.
        If somebody else was first, `read` is asked again, with his offsets."""

    def standing(self) -> Iterator[pa.Table]:
        """The newest message of each key, without its content, some keys at a time."""

    def newest(self, path: str, bucket: str) -> MessageRow | None:
        """The newest message under a path, which lies in this bucket."""
