"""signals: whose chunks the steps of today have not judged."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.rows import strings

PLAN_COLUMNS = ("chunk_recipe", "curation")
_OFF = ""


def planned(context: StageContext, curation: str | None, report: StageReport) -> dict[str, str]:
    """The bucket of each tree to do, by root_id."""
    rows = ledger.in_order(context.lake, context.scope, PLAN_COLUMNS)
    behind = pc.and_(pc.is_valid(rows["chunk_recipe"]), pc.invert(are_as_now(rows, curation)))
    todo = rows.filter(behind)
    report.documents += len(todo)
    report.unchanged += len(rows) - len(todo)
    return dict(zip(strings(todo["root_id"]), strings(todo["bucket"]), strict=True))


def are_as_now(rows: pa.Table, curation: str | None) -> pa.ChunkedArray[Any]:
    """Of rows of the ledger, which are of documents that were judged as today."""
    same: pa.ChunkedArray[Any] = pc.equal(pc.fill_null(rows["curation"], _OFF), curation or _OFF)
    return same
