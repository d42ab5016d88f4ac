"""What steps of curation say of passages that were found, where the settings ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.tables.ledger import LedgerRow
from doclake.tables.semantic_clusters import SEMANTIC_CLUSTERS
from doclake.tables.signals import SIGNALS

SEMANTIC = "semantic_duplicates"
"""The step whose signals are those of the table `semantic_clusters`."""


def judged_by(
    project: Project, hits: Sequence[Hit], documents: Sequence[LedgerRow]
) -> dict[str, list[str]]:
    """Of each chunk, the steps of curation that found something and whose policy is to say so."""
    told = {
        (source, step)
        for source in {hit.source for hit in hits} & project.settings.sources.keys()
        for step in project.source(source).recipe.curation.with_policy("flag")
    }
    if not told:
        return {}
    where = {
        "root_id": sorted({row["root_id"] for row in documents}),
        "chunk_id": sorted({hit.chunk_id for hit in hits}),
        "step": sorted({step for _, step in told}),
    }
    scope = Scope(buckets=sorted({row["bucket"] for row in documents}), where=where)
    found: dict[str, list[str]] = defaultdict(list)
    columns = ("source", "chunk_id", "step", "flags")
    for row in SIGNALS.rows(project.lake.read("signals", scope, columns, often=True)):
        if row["flags"] and (row["source"], row["step"]) in told:
            found[row["chunk_id"]].append(row["step"])
    if any(step == SEMANTIC for _, step in told):
        scope = replace(scope, where={"root_id": where["root_id"], "chunk_id": where["chunk_id"]})
        twins = project.lake.read(
            SEMANTIC_CLUSTERS.name, scope, ["source", "chunk_id", "similarity"], often=True
        )
        for twin in SEMANTIC_CLUSTERS.rows(twins):
            if twin["similarity"] is not None and (twin["source"], SEMANTIC) in told:
                found[twin["chunk_id"]].append(SEMANTIC)
    return {chunk_id: sorted(steps) for chunk_id, steps in found.items()}
