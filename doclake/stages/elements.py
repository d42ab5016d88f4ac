"""elements: extract the documents whose bytes or recipe changed, and remove those that are gone.

The unit is a tree: a listed document and everything found inside it. A document that fails gets a
ledger row with a typed reason; later runs try retryable failures again, at most
`processing.max_attempts` times for the same bytes and recipe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from doclake import clock
from doclake.errors import ListingIncomplete
from doclake.extract.document import Document, ExtractedDocument
from doclake.extract.failure import failure_of
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.sources import Source, open_source
from doclake.stages.context import StageContext, batched
from doclake.stages.executors import accounted, open_executor
from doclake.stages.personal_data import treated
from doclake.stages.plans.elements import planned
from doclake.stages.report import Alarm, Failure, StageReport
from doclake.tables.elements import ELEMENTS
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.metadata import METADATA, MetadataRow
from doclake.tables.rows import strings

STAGE = "elements"
COMMIT_BYTES = 64 << 20


def run(context: StageContext) -> StageReport:
    with context.exclusive(STAGE, "metadata"):
        return _run(context)


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
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
    stored = {row["root_id"] for row in known}
    unseen = [row for tree in trees for row in tree if row["root_id"] not in stored]
    rows = [
        ledger.cleared(row, ledger.DONE_FIELDS)
        | {
            "status": ledger.DELETED,
            "stage": STAGE,
            "elements": 0,
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
    source = open_source(context.source, context.source_settings, context.settings)
    try:
        source.require()
    except ListingIncomplete as error:
        # Each document would count as unreadable and lose its rows, because a mount is gone.
        report.alarms.append(Alarm(error.code, error.message, error.mend))
        report.documents = 0
        return
    documents = (
        _document(context, source, row)
        for batch in rows.to_batches(max_chunksize=context.batch_size)
        for row in batch.to_pylist()
    )
    done = 0
    signatures = dict(zip(strings(rows["doc_id"]), strings(rows["signature"]), strict=True))
    with open_executor(context.source, context.settings, len(rows)) as executor:
        extracted = treated(accounted(executor, documents), context.personal_data)
        for trees in _commits(extracted, context.batch_size):
            _touch(context, [tree[0] for tree in trees if tree[0].unchanged], signatures, report)
            parsed = [tree for tree in trees if not tree[0].unchanged]
            largest = max(document.peak_mb for tree in trees for document in tree)
            workers = min(context.settings.processing.workers, len(rows))
            report.beside_bytes = max(report.beside_bytes, int(largest * workers) << 20)
            if parsed:
                _commit(context, parsed, signatures, report)
            done += len(trees)
            context.step(STAGE, done, len(rows))


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


def _commits(
    trees: Iterator[tuple[ExtractedDocument, ...]], size: int
) -> Iterator[list[tuple[ExtractedDocument, ...]]]:
    """Trees to commit together: at most `size` of them or `COMMIT_BYTES` of elements."""
    batch: list[tuple[ExtractedDocument, ...]] = []
    size_bytes = 0
    for tree in trees:
        batch.append(tree)
        size_bytes += sum(document.elements.nbytes for document in tree)
        if len(batch) >= size or size_bytes >= COMMIT_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


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


def _commit(
    context: StageContext,
    trees: list[tuple[ExtractedDocument, ...]],
    signatures: Mapping[str, str],
    report: StageReport,
) -> None:
    """Write the elements, then the ledger with a count of the rows written."""
    documents = _storable(context, [document for tree in trees for document in tree])
    roots = sorted({document.root_id for document in documents})
    scope = Scope(context.source, sorted({d.bucket for d in documents}), {"root_id": roots})
    elements = [d.elements for d in documents if d.error is None]
    rows = pa.concat_tables([*elements, ELEMENTS.schema.empty_table()])
    known = ledger.read(context.lake, scope)
    ledger.undone(context.lake, context.source, known, ledger.DONE_FIELDS)
    context.lake.replace("elements", scope, rows)
    context.lake.replace("metadata", scope, METADATA.arrow(_metadata(documents)))
    written = context.lake.count_by("elements", ["doc_id"], scope)
    earlier = {row["doc_id"]: row for row in known}
    entries = [
        _entry(context, d, earlier.get(d.doc_id), written.get((d.doc_id,), 0))
        | {"signature": signatures.get(d.doc_id)}
        for d in documents
    ]
    ledger.write(context.lake, context.source, entries, roots)
    _add_to_report(report, entries, rows.num_rows)


def _storable(context: StageContext, documents: list[ExtractedDocument]) -> list[ExtractedDocument]:
    """The documents, each a failure whose rows do not fit the tables: it must not stop the
    others."""
    try:
        LEDGER.arrow([_entry(context, document, None, 0) for document in documents])
        METADATA.arrow(_metadata(documents))
    except Exception as error:
        if len(documents) > 1:
            return [stored for one in documents for stored in _storable(context, [one])]
        failed = documents[0].failed(failure_of(error))
        return [replace(failed, media_type=None, pages=None)]
    return documents


def _entry(
    context: StageContext, document: ExtractedDocument, before: LedgerRow | None, written: int
) -> LedgerRow:
    """The ledger row of an extracted document; attempts that fail on the same bytes and
    recipe add up."""
    error = document.error
    attempts = 0
    if (
        before is not None
        and before["content_hash"] == document.content_hash
        and before["extract_recipe"] in (None, document.recipe)
    ):
        attempts = before["attempts"] or 0
    return LEDGER.empty_row() | {
        "source": context.source,
        "bucket": document.bucket,
        "root_id": document.root_id,
        "doc_id": document.doc_id,
        "parent_id": document.parent_id,
        "path": document.path,
        "content_hash": document.content_hash,
        "media_type": document.media_type,
        "title": document.title,
        "status": ledger.FAILED if error else ledger.OK,
        "stage": STAGE,
        "error": error.code if error else None,
        "message": error.message if error else None,
        "mend": error.mend if error else None,
        "retryable": error.retryable if error else None,
        "attempts": attempts + 1 if error else 0,
        "pages": document.pages,
        "pages_with_text": document.pages_with_text,
        "pages_with_elements": document.pages_with_elements,
        "letters": document.letters,
        "elements": written,
        "element_letters": document.element_letters,
        "extract_recipe": document.recipe,
        "personal_recipe": context.personal_data.recipe,
        "personal_kinds": list(document.personal_kinds),
        "seconds": document.seconds,
        "run_id": context.run_id,
        "updated_at": clock.now(),
    }


def _metadata(documents: Iterable[ExtractedDocument]) -> list[MetadataRow]:
    return [
        MetadataRow(
            source=document.source,
            bucket=document.bucket,
            root_id=document.root_id,
            doc_id=document.doc_id,
            content_hash=document.content_hash,
            recipe=document.recipe,
            name=field.name,
            page=field.page,
            value=field.value,
        )
        for document in documents
        for field in document.metadata
    ]


def _add_to_report(report: StageReport, entries: list[LedgerRow], rows: int) -> None:
    report.rows += rows
    report.add("elements", rows)
    report.add("pages", sum(entry["pages"] or 0 for entry in entries))
    report.add("parsing_seconds", sum(entry["seconds"] or 0.0 for entry in entries))
    report.add("children", sum(entry["parent_id"] is not None for entry in entries))
    for entry in entries:
        if entry["status"] == ledger.FAILED:
            report.failures.append(
                Failure(
                    entry["path"],
                    STAGE,
                    entry["error"] or "",
                    entry["message"] or "",
                    entry["mend"] or "",
                    entry["attempts"] or 0,
                )
            )
