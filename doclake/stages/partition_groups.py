"""Groups of partitions: few commits, and memory that does not grow with the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope

Partition = tuple[str, str]
"""Source and bucket."""


def groups(lake: Lake, partitions: Iterable[Partition], chunks: int) -> Iterator[Scope]:
    """Groups of partitions of one source with at most `chunks` chunks; a larger partition goes
    alone. `partitions` are sorted by source."""
    sizes = lake.count_by("chunks", ["source", "bucket"])
    for source, of_source in groupby(partitions, key=itemgetter(0)):
        group: list[str] = []
        group_size = 0
        for _, bucket in of_source:
            size = sizes.get((source, bucket), 0)
            if group and group_size + size > chunks:
                yield Scope(source, group)
                group, group_size = [], 0
            group.append(bucket)
            group_size += size
        yield Scope(source, group)
