"""chunks: which trees to cut again."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.ledger import LEDGER

PLAN_COLUMNS = ("chunk_recipe",)


def planned(context: StageContext, fingerprint: str, report: StageReport) -> dict[str, str]:
    """Roots of the trees to do, each with its bucket."""
    todo: dict[str, str] = {}
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, PLAN_COLUMNS).items():
        trees = ledger.trees(LEDGER.rows(rows))
        missing = [
            root
            for root, tree in trees.items()
            if any(row["chunk_recipe"] != fingerprint for row in tree)
        ]
        todo |= dict.fromkeys(missing, bucket)
        report.documents += sum(len(trees[root]) for root in missing)
        report.unchanged += len(rows)
    report.unchanged -= report.documents
    return todo


def registered_access(context: StageContext, places: Mapping[str, str]) -> dict[str, list[str]]:
    """Who may read the listed documents at these `places` (the bucket of each); what is found
    inside them inherits that."""
    scope = Scope(context.source, sorted(set(places.values())), {"doc_id": places})
    rows = context.lake.read("documents", scope, ["doc_id", "access", "deleted_at"])
    live = rows.filter(pc.is_null(rows["deleted_at"])).to_pydict()
    return {d: a or [] for d, a in zip(live["doc_id"], live["access"], strict=True)}
