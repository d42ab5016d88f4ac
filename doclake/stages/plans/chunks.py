"""chunks: which trees to cut again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.access import Readers
from doclake.fingerprints import Fingerprints
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.rows import strings

PLAN_COLUMNS = ("chunk_recipe", "contract")


_SHIPPED = ""


@dataclass(frozen=True)
class Plan:
    """Roots of the trees to do, each with its bucket; whether chunks stand among theirs that other
    rules have judged."""

    places: dict[str, str]
    has_other_rules: bool


def planned(context: StageContext, report: StageReport) -> Plan:
    rows = ledger.in_order(context.lake, context.scope, PLAN_COLUMNS)
    behind = rows.filter(pc.invert(are_as_now(rows, context.fingerprints)))
    todo = dict(zip(strings(behind["root_id"]), strings(behind["bucket"]), strict=True))
    roots = behind["root_id"].combine_chunks()
    report.documents += pc.sum(pc.is_in(rows["root_id"], value_set=roots)).as_py() or 0
    report.unchanged += len(rows) - report.documents
    other = pc.invert(_contract_is(behind, context.fingerprints))
    return Plan(todo, bool(pc.any(pc.and_(pc.is_valid(behind["chunk_recipe"]), other)).as_py()))


def are_as_now(rows: pa.Table, fingerprints: Fingerprints) -> pa.ChunkedArray[Any]:
    """Of rows of the ledger, which are of documents whose chunks are cut and judged as today."""
    cut = pc.fill_null(pc.equal(rows["chunk_recipe"], fingerprints.chunks), False)
    done: pa.ChunkedArray[Any] = pc.and_(cut, _contract_is(rows, fingerprints))
    return done


def _contract_is(rows: pa.Table, fingerprints: Fingerprints) -> pa.ChunkedArray[Any]:
    judged_by = pc.fill_null(rows["contract"], _SHIPPED)
    same: pa.ChunkedArray[Any] = pc.equal(judged_by, fingerprints.contract or _SHIPPED)
    return same


def registered_access(context: StageContext, places: Mapping[str, str]) -> Mapping[str, Readers]:
    """Who may read the listed documents at these `places` (the bucket of each); what is found
    inside them inherits that."""
    scope = Scope(context.source, sorted(set(places.values())), {"doc_id": places})
    rows = context.lake.read("documents", scope, ["doc_id", "access", "denied", "deleted_at"])
    live = rows.filter(pc.is_null(rows["deleted_at"])).to_pydict()
    columns = zip(live["doc_id"], live["access"], live["denied"], strict=True)
    return defaultdict(Readers, {doc_id: Readers.of(*lists) for doc_id, *lists in columns})
