"""chunks: which trees to cut again."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.rows import strings

PLAN_COLUMNS = ("chunk_recipe",)


def planned(context: StageContext, fingerprint: str, report: StageReport) -> dict[str, str]:
    """Roots of the trees to do, each with its bucket."""
    rows = ledger.in_order(context.lake, context.scope, PLAN_COLUMNS)
    as_now = pc.fill_null(pc.equal(rows["chunk_recipe"], fingerprint), False)
    behind = rows.filter(pc.invert(as_now))
    todo = dict(zip(strings(behind["root_id"]), strings(behind["bucket"]), strict=True))
    roots = behind["root_id"].combine_chunks()
    report.documents += pc.sum(pc.is_in(rows["root_id"], value_set=roots)).as_py() or 0
    report.unchanged += len(rows) - report.documents
    return todo


def registered_access(context: StageContext, places: Mapping[str, str]) -> dict[str, list[str]]:
    """Who may read the listed documents at these `places` (the bucket of each); what is found
    inside them inherits that."""
    scope = Scope(context.source, sorted(set(places.values())), {"doc_id": places})
    rows = context.lake.read("documents", scope, ["doc_id", "access", "deleted_at"])
    live = rows.filter(pc.is_null(rows["deleted_at"])).to_pydict()
    return {d: a or [] for d, a in zip(live["doc_id"], live["access"], strict=True)}
