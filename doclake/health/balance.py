"""Whether the ledger balances, by counts read back from the tables and the index.

For every document: pages with text = pages with elements; elements = elements in chunks (or in
quarantined chunks) + elements excluded for a reason; chunks = vectors = indexed rows. No report of
a stage is trusted.
"""

from __future__ import annotations

from doclake.health import shortfalls
from doclake.health.counts import Balance
from doclake.health.partition_balance import Partition
from doclake.project import Project


def status(project: Project) -> dict[str, Balance]:
    """The balance of every source that is in the lake or the settings, by name, without the
    partitions that are set aside."""
    state = project.index.state()
    stored = project.index.partitions(state) if state else set()
    for table in ("documents", "ledger"):
        stored |= {(s, b) for s, b in project.lake.count_by(table, ["source", "bucket"])}
    balances = {source: Balance() for source in project.settings.sources}
    for source, bucket in sorted(stored - project.lake.aside):
        partition = Partition(project, state, source, bucket)
        balances.setdefault(source, Balance()).add(partition.balance())
    found = shortfalls.find(project.lake, project.settings.thin)
    for (source, kind), number in shortfalls.counts(found).items():
        setattr(balances[source], kind, number)
    return balances
