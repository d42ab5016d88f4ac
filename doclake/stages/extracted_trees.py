"""Extracted trees on their way to the tables: batched, held to their contracts, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa

from doclake import clock
from doclake.extract.document import ExtractedDocument
from doclake.extract.failure import failure_of
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import extraction_contract
from doclake.stages.context import StageContext
from doclake.stages.extraction_contract import ExtractionRules, judged
from doclake.stages.report import Failure, StageReport
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.metadata import METADATA, MetadataRow
from doclake.tables.rows import strings

STAGE = "elements"
COMMIT_BYTES = 64 << 20
Tree = tuple[ExtractedDocument, ...]


@dataclass
class TreeCommits:
    """Writes the trees that come of `listed`, rows of the registry. `stopped` gathers why nothing
    was written of some."""

    context: StageContext
    report: StageReport
    listed: pa.Table
    stopped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rules = ExtractionRules.of(self.context.source_settings.contracts)
        names = strings(self.listed["doc_id"])
        self.signatures = dict(zip(names, strings(self.listed["signature"]), strict=True))
        self._sizes = dict(zip(names, self.listed["size"].to_pylist(), strict=True))

    def batches(self, trees: Iterator[Tree]) -> Iterator[list[Tree]]:
        """Trees to commit together. A rule that may stop a bucket sees all of it first."""
        if self._rules.may_stop:
            yield from _by_bucket(trees, Counter(strings(self.listed["bucket"])))
        else:
            yield from _by_size(trees, self.context.batch_size)

    def write(self, trees: list[Tree]) -> None:
        """Write the elements, then the ledger with a count of the rows written."""
        context, report = self.context, self.report
        documents = _storable(context, [document for tree in trees for document in tree])
        found = judged(context, self._rules, documents, self._sizes)
        found.tally(report)
        self.stopped += found.stopped
        if found.stopped:
            return
        documents = found.documents
        roots = sorted({document.root_id for document in documents})
        scope = Scope(context.source, sorted({d.bucket for d in documents}), {"root_id": roots})
        known = ledger.read(context.lake, scope)
        ledger.undone(context.lake, context.source, known, ledger.DONE_FIELDS)
        context.lake.replace("elements", scope, found.elements)
        context.lake.replace("metadata", scope, METADATA.arrow(_metadata(documents)))
        extraction_contract.write(context, scope, found)
        written = context.lake.count_by("elements", ["doc_id"], scope)
        earlier = {row["doc_id"]: row for row in known}
        entries: list[LedgerRow] = [
            _entry(context, d, earlier.get(d.doc_id), written.get((d.doc_id,), 0))
            | {"signature": self.signatures.get(d.doc_id)}
            | found.figures.get(d.doc_id, {})
            for d in documents
        ]
        ledger.write(context.lake, context.source, entries, roots)
        extraction_contract.forget_outdated(context, scope, self._rules, found)
        _add_to_report(report, entries, found.elements.num_rows)


def _by_size(trees: Iterator[Tree], size: int) -> Iterator[list[Tree]]:
    """At most `size` of them or `COMMIT_BYTES` of elements."""
    batch: list[Tree] = []
    size_bytes = 0
    for tree in trees:
        batch.append(tree)
        size_bytes += sum(document.elements.nbytes for document in tree)
        if len(batch) >= size or size_bytes >= COMMIT_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _by_bucket(trees: Iterator[Tree], coming: Counter[str]) -> Iterator[list[Tree]]:
    """All of a bucket; so many are `coming` of each."""
    waiting: dict[str, list[Tree]] = {}
    for tree in trees:
        bucket = tree[0].bucket
        waiting.setdefault(bucket, []).append(tree)
        if len(waiting[bucket]) == coming[bucket]:
            yield waiting.pop(bucket)
    yield from waiting.values()


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
        "extraction_contract": context.fingerprints.extraction_contract,
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
