"""Whether the ledger balances, by counts read back from the tables and the index.

For every document: pages with text = pages with elements; elements = elements in chunks (or in
quarantined chunks) + elements excluded for a reason; chunks = vectors = indexed rows. Nothing here
trusts what a stage reported.
"""

from __future__ import annotations

from doclake.health.counts import Balance
from doclake.health.partition_balance import Partition
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.settings import Settings


def status(lake: Lake, settings: Settings) -> dict[str, Balance]:
    """The balance of every source that is in the lake or the settings, by name."""
    index = SearchIndex(lake)
    state = index.state()
    stored = index.partitions(state) if state else set()
    for table in ("documents", "ledger"):
        stored |= {(s, b) for s, b in lake.count_by(table, ["source", "bucket"])}
    found = {source: Balance() for source in settings.sources}
    for source, bucket in sorted(stored):
        partition = Partition(lake, index, state, settings, source, bucket)
        found.setdefault(source, Balance()).add(partition.balance())
    return found
