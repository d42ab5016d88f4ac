"""Partitions taken together: few commits, and memory that does not grow with the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope

Partition = tuple[str, str]
"""Source and bucket."""


def together(lake: Lake, partitions: Iterable[Partition], chunks: int) -> Iterator[Scope]:
    """The partitions, sorted by source, so many of a source at a time as hold some `chunks`."""
    sizes = lake.count_by("chunks", ["source", "bucket"])
    for source, mine in groupby(partitions, key=itemgetter(0)):
        group: list[str] = []
        held = 0
        for _, bucket in mine:
            size = sizes.get((source, bucket), 0)
            if group and held + size > chunks:
                yield Scope(source, group)
                group, held = [], 0
            group.append(bucket)
            held += size
        yield Scope(source, group)
