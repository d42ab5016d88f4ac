"""elements: extract the documents whose bytes or recipe changed, and remove those that are gone.

The unit is a tree: a listed document and everything found inside it. A document that fails gets a
ledger row with a typed reason; later runs try retryable failures again, at most
`processing.max_attempts` times for the same bytes and recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from doclake import clock, tracing
from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.extract.document import Document, ExtractedDocument
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.sources import Source
from doclake.stages import extraction_contract, refusals
from doclake.stages.context import StageContext, batched
from doclake.stages.executors import accounted, open_executor
from doclake.stages.extracted_trees import STAGE, TreeCommits
from doclake.stages.personal_data import treated
from doclake.stages.plans.elements import planned
from doclake.stages.report import Alarm, StageReport
from doclake.stages.standing_extraction import judge_again
from doclake.stages.traced import group, traced
from doclake.tables.ledger import LedgerRow


@traced(STAGE)
def run(context: StageContext) -> StageReport:
    with context.exclusive(STAGE, "metadata"):
        return _run(context)


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
    judge_again(context)
    todo = planned(context, context.fingerprints.elements)
    report.documents, report.unchanged = len(todo.extract), todo.unchanged
    context.step(STAGE, 0, report.documents)
    for batch in batched(todo.remove, context.batch_size):
        _remove(context, batch, report)
    if todo.extract:
        _extract(context, todo.extract, report)
    return report.finished()


def _remove(context: StageContext, trees: list[list[LedgerRow]], report: StageReport) -> None:
    """Remove the elements of documents that are gone. Their ledger rows stay, as deleted."""
    places = {tree[0]["root_id"]: tree[0]["bucket"] for tree in trees}
    known = ledger.of_trees(context.lake, context.source, places)
    ledger.undone(context.lake, context.source, known, ledger.DONE_FIELDS)
    buckets = sorted(set(places.values()))
    for table in ("elements", "metadata"):
        context.lake.delete(table, Scope(context.source, buckets, {"root_id": places}))
    gone = extraction_contract.refusals_of(Scope(context.source, buckets, {"root_id": places}))
    if context.lake.count_by("quarantine", ["stage"], gone):
        context.lake.delete("quarantine", gone)
    stored = {row["root_id"] for row in known}
    unseen = [row for tree in trees for row in tree if row["root_id"] not in stored]
    rows = [
        ledger.cleared(row, ledger.DONE_FIELDS)
        | {
            "status": ledger.DELETED,
            "stage": STAGE,
            "elements": 0,
            "refused_elements": None,
            "refused_letters": None,
            "run_id": context.run_id,
            "updated_at": clock.now(),
        }
        for row in [*known, *unseen]
    ]
    ledger.write(context.lake, context.source, rows, places)
    report.add("deleted", len(trees))


def _extract(
    context: StageContext,
    rows: pa.Table,
    report: StageReport,
) -> None:
    source = context.project.open_source(context.source, read_only=True)
    if _is_out_of_reach(context, report):
        report.documents = 0
        return
    documents = (
        _document(context, source, row)
        for batch in rows.to_batches(max_chunksize=context.batch_size)
        for row in batch.to_pylist()
    )
    done = 0
    commits = TreeCommits(context, report, rows)
    with open_executor(context.source, context.settings, len(rows)) as executor:
        extracted = treated(accounted(executor, documents), context.personal_data)
        began = tracing.now()
        for trees in commits.batches(extracted):
            if any(map(_is_unreadable, trees)) and _is_out_of_reach(context, report):
                report.documents = done
                break
            unchanged = [tree[0] for tree in trees if tree[0].unchanged]
            _touch(context, unchanged, commits.signatures, report)
            parsed = [tree for tree in trees if not tree[0].unchanged]
            largest = max(document.peak_mb for tree in trees for document in tree)
            workers = min(context.settings.processing.workers, len(rows))
            report.beside_bytes = max(report.beside_bytes, int(largest * workers) << 20)
            with group(STAGE, len(trees), began=began):  # from the extraction on
                if parsed:
                    commits.write(parsed)
            began = tracing.now()
            done += len(trees)
            context.step(STAGE, done, len(rows))
    if commits.stopped:
        raise refusals.stopped(context.source, commits.stopped)


def _is_out_of_reach(context: StageContext, report: StageReport) -> bool:
    """Then each document would count as unreadable and lose its rows, because a mount is gone."""
    try:  # over a connection of its own: documents are being read
        context.project.open_source(context.source, read_only=True).require()
    except ListingIncomplete as error:
        report.alarms.append(Alarm(error.code, error.message, error.mend))
        return True
    return False


def _is_unreadable(tree: Sequence[ExtractedDocument]) -> bool:
    error = tree[0].error
    return error is not None and error.code == DocumentUnreadable.code


def _document(context: StageContext, source: Source, row: dict[str, Any]) -> Document:
    path = row["path"]
    return Document(
        source=context.source,
        bucket=row["bucket"],
        doc_id=row["doc_id"],
        path=path,
        known=row["known"],
        recipe=context.source_settings.recipe.extract,
        open=lambda: source.open(path),
        size=row["size"],
    )


def _touch(
    context: StageContext,
    roots: list[ExtractedDocument],
    signatures: Mapping[str, str],
    report: StageReport,
) -> None:
    """Record that these documents were read again and have not changed."""
    rows = ledger.of_trees(context.lake, context.source, {r.root_id: r.bucket for r in roots})
    read = [
        row | {"signature": signatures[row["doc_id"]], "updated_at": clock.now()}
        if row["parent_id"] is None
        else row
        for row in rows
    ]
    ledger.write(context.lake, context.source, read, [root.root_id for root in roots])
    report.documents -= len(roots)
    report.unchanged += len(roots)
    if roots:
        report.add("touched", len(roots))
