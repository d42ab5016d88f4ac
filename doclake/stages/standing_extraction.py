"""Documents and elements that stand, judged by the rules of today.

Another contract extracts again those trees alone of which it may decide otherwise: what it would
refuse or warn of now, and what was refused or waived before.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts import (
    Decisions,
    Trial,
    Verdict,
    trial,
    validate_documents,
    validate_elements,
)
from doclake.contracts.documents import JUDGED
from doclake.errors import DocumentRefused
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import refusals
from doclake.stages.context import StageContext
from doclake.stages.extraction_contract import (
    DOCUMENTS_STAGE,
    ELEMENTS_STAGE,
    STAGES,
    ExtractionRules,
    with_paths,
)
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.rows import strings, with_column

Part = tuple[pa.Table, Decisions]
_COLUMNS = (
    "doc_id",
    "status",
    "error",
    "extract_recipe",
    "extraction_contract",
    "refused_elements",
)


def documents(context: StageContext) -> Iterator[Part]:
    """The documents that stand (`JUDGED`), bucket by bucket, with what people decided there."""
    for bucket in context.buckets:
        scope = Scope(context.source, [bucket])
        named = [name for name in JUDGED.names if name in LEDGER.schema.names]
        rows = context.lake.read(
            "ledger",
            Scope(context.source, [bucket], {"status": [ledger.OK]}),
            [*named, "extract_recipe"],
        )
        listed = context.lake.read("documents", scope, ["doc_id", "size"])
        place = pc.index_in(rows["doc_id"], value_set=listed["doc_id"].combine_chunks())
        columns = {name: rows[name] for name in named}
        columns |= {"recipe": rows["extract_recipe"], "size": pc.take(listed["size"], place)}
        table = pa.table(
            {name: columns[name].cast(JUDGED.field(name).type) for name in JUDGED.names}
        )
        yield table, refusals.decisions(context.lake, scope, DOCUMENTS_STAGE)


def elements(context: StageContext) -> Iterator[Part]:
    """The elements that stand, bucket by bucket, with what people decided there."""
    for bucket in context.buckets:
        scope = Scope(context.source, [bucket])
        rows = context.lake.read("ledger", scope, ["doc_id", "path"])
        paths = dict(zip(strings(rows["doc_id"]), strings(rows["path"]), strict=True))
        table = with_paths([context.lake.read("elements", scope)], paths)
        yield table, refusals.decisions(context.lake, scope, ELEMENTS_STAGE)


def tried(
    context: StageContext, table: str, rules: ExtractionRules, otherwise: set[str] | None = None
) -> Trial:
    """What the rules say of the rows of either table. The doc_ids of which they say something else
    than the rows bear are added to `otherwise`."""

    def judged(rows: pa.Table, decisions: Decisions) -> Verdict:
        bare = with_column(rows, "warnings", [None] * len(rows))
        if table == DOCUMENTS_STAGE:
            verdict = validate_documents(bare, rules.documents, decisions)
        else:
            verdict = validate_elements(bare, rules.elements, decisions)
        if otherwise is not None:
            otherwise.update(_otherwise(verdict, rows))
        return verdict

    parts = documents(context) if table == DOCUMENTS_STAGE else elements(context)
    return trial(table, parts, judged)


def judge_again(context: StageContext) -> None:
    """Mark the trees of which other rules than those that judged them may decide otherwise.

    Raises `ContractError` if the rules would refuse most of what stands: nothing is marked then.
    """
    rows = ledger.in_order(context.lake, context.scope, _COLUMNS)
    other = rows.filter(pc.invert(_is_of_today(rows, context)))
    other = other.filter(pc.is_valid(other["extract_recipe"]))
    if not other.num_rows:
        return
    again = set(strings(other.filter(_was_refused(other))["doc_id"]))
    rules = ExtractionRules.of(context.source_settings.contracts)

    for table in STAGES:
        tried(context, table, rules, again).require_reason(context.source)
    _mark(context, again)


def _is_of_today(rows: pa.Table, context: StageContext) -> Any:
    judged_by = pc.fill_null(rows["extraction_contract"], "")
    today = context.fingerprints.extraction_contract or ""
    return pc.or_(pc.equal(judged_by, today), pc.equal(rows["status"], ledger.DELETED))


def _was_refused(rows: pa.Table) -> Any:
    """Whether the document was refused, or elements of it."""
    refused = pc.equal(rows["error"], DocumentRefused.code)
    return pc.fill_null(pc.or_kleene(refused, pc.greater(rows["refused_elements"], 0)), False)


def _otherwise(verdict: Verdict, before: pa.Table) -> Set[str]:
    """doc_ids of rows that the verdict refuses, or that bear other warnings than before."""
    refused = {*strings(verdict.refused["doc_id"]), *strings(verdict.dropped["doc_id"])}
    gone = pa.array(sorted(refused), pa.string())
    kept, left = (
        rows.filter(pc.invert(pc.is_in(rows["doc_id"], value_set=gone)))
        for rows in (before, verdict.accepted)
    )
    if kept["warnings"].null_count + left["warnings"].null_count == 2 * len(kept):
        return refused
    columns = (kept["doc_id"], kept["warnings"], left["warnings"])
    pairs = zip(*(column.to_pylist() for column in columns), strict=True)
    return refused | {doc_id for doc_id, old, new in pairs if old != new}


def _mark(context: StageContext, again: Set[str]) -> None:
    """The trees of these documents are not done; of the others today's rules have judged."""
    fingerprint = context.fingerprints.extraction_contract
    for bucket in context.buckets:
        rows = ledger.read(context.lake, Scope(context.source, [bucket]))
        redone = {row["root_id"] for row in rows if row["doc_id"] in again}
        marked = [_marked(row, fingerprint, row["root_id"] in redone) for row in rows]
        ledger.write(context.lake, context.source, marked, {row["root_id"] for row in rows})


def _marked(row: LedgerRow, fingerprint: str | None, again: bool) -> LedgerRow:
    if again:
        return ledger.cleared(row, ledger.EXTRACT_FIELDS)
    return row | {"extraction_contract": fingerprint}
