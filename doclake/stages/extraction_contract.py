"""Documents and elements held to their contracts, between extraction and the tables.

Both are judged here, where a document has been read and nothing of it is written. A document that
is refused is one that failed, with the rules that it breaks for a reason; a refused element is
missing in its document, and the ledger counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.contracts import (
    Rule,
    Verdict,
    document_rules,
    element_rules,
    validate_documents,
    validate_elements,
)
from doclake.contracts.documents import JUDGED
from doclake.errors import DocumentRefused
from doclake.extract import text_amount
from doclake.extract.document import ExtractedDocument
from doclake.lake.scope import Scope
from doclake.settings import ContractSettings
from doclake.stages import refusals
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.elements import ELEMENTS
from doclake.tables.ledger import LedgerRow
from doclake.tables.quarantine import QUARANTINE, Refusal
from doclake.tables.rows import strings

DOCUMENTS_STAGE, ELEMENTS_STAGE = "documents", "elements"
STAGES = [DOCUMENTS_STAGE, ELEMENTS_STAGE]


@dataclass(frozen=True)
class ExtractionRules:
    """The rules for documents and for elements."""

    documents: Sequence[Rule]
    elements: Sequence[Rule]

    @classmethod
    def of(cls, contracts: ContractSettings) -> ExtractionRules:
        return cls(document_rules(contracts.documents), element_rules(contracts.elements))

    @property
    def may_stop(self) -> bool:
        return any(rule.severity == "stop" for rule in (*self.documents, *self.elements))

    @property
    def fingerprints(self) -> set[str]:
        return {rule.fingerprint for rule in (*self.documents, *self.elements)}


@dataclass(frozen=True)
class Judged:
    """What may be written of some trees: `documents`, of which the refused ones have failed, the
    accepted `elements` and the `refused` rows of both. `figures` are columns of the ledger, by
    doc_id. With a reason in `stopped`, nothing may be."""

    documents: list[ExtractedDocument]
    elements: pa.Table
    refused: pa.Table
    verdicts: Mapping[str, Verdict]
    figures: Mapping[str, LedgerRow] = field(default_factory=dict)
    stopped: Sequence[str] = ()

    def tally(self, report: StageReport) -> None:
        for table, verdict in self.verdicts.items():
            report.tally_rules(verdict, table)
        if self.refused.num_rows:
            report.add("quarantined", pc.count_distinct(self.refused["key"]).as_py())


def judged(
    context: StageContext,
    rules: ExtractionRules,
    documents: Sequence[ExtractedDocument],
    sizes: Mapping[str, int | None],
) -> Judged:
    """Judge trees that were extracted. `sizes` are the bytes of listed documents, by doc_id."""
    buckets = sorted({document.bucket for document in documents})
    roots = sorted({document.root_id for document in documents})
    scope = Scope(context.source, buckets, {"root_id": roots})
    decided = {stage: refusals.decisions(context.lake, scope, stage) for stage in STAGES}
    read = [document for document in documents if document.error is None]
    of_documents = validate_documents(_rows(read, sizes), rules.documents, decided[DOCUMENTS_STAGE])
    kept = _without(documents, of_documents)
    elements = with_paths(
        [d.elements for d in kept if d.error is None], {d.doc_id: d.path for d in kept}
    )
    of_elements = validate_elements(elements, rules.elements, decided[ELEMENTS_STAGE])
    verdicts = {DOCUMENTS_STAGE: of_documents, ELEMENTS_STAGE: of_elements}
    stopped = [
        refusals.told(rule, f"{table} of bucket {', '.join(buckets)}")
        for table, verdict in verdicts.items()
        for rule in verdict.stopped
    ]
    return Judged(
        kept,
        of_elements.accepted.select(ELEMENTS.schema.names),
        pa.concat_tables([_of_source(documents), of_documents.refused, of_elements.refused]),
        verdicts,
        _figures(of_documents, elements, of_elements),
        stopped,
    )


def write(context: StageContext, scope: Scope, judged: Judged) -> None:
    """What is refused of these trees, in place of what was."""
    lake = context.lake
    in_quarantine = refusals_of(scope)
    if judged.refused.num_rows or lake.count_by("quarantine", ["stage"], in_quarantine):
        refused = refusals.with_history(lake, in_quarantine, judged.refused)
        lake.replace("quarantine", in_quarantine, refused)


def refusals_of(scope: Scope) -> Scope:
    """The refused documents and elements of these trees."""
    return Scope(scope.source, scope.buckets, {**scope.where, "stage": STAGES})


def forget_outdated(
    context: StageContext, scope: Scope, rules: ExtractionRules, judged: Judged
) -> None:
    """Drop the decisions about other bytes or rules than those of now."""
    versions = {document.doc_id: document.content_hash for document in judged.documents}
    for stage in STAGES:
        refusals.forget_outdated(context.lake, scope, stage, versions, rules.fingerprints)


def with_paths(elements: Sequence[pa.Table], paths: Mapping[str, str]) -> pa.Table:
    """Elements as their contract looks at them: each beside the path of its document."""
    rows = pa.concat_tables([*elements, ELEMENTS.schema.empty_table()])
    named = [paths.get(doc_id) for doc_id in strings(rows["doc_id"])]
    return rows.append_column(QUARANTINE.schema.field("path"), pa.array(named, pa.string()))


def _rows(documents: Sequence[ExtractedDocument], sizes: Mapping[str, int | None]) -> pa.Table:
    """`JUDGED`."""
    columns = {name: [getattr(one, name, None) for one in documents] for name in JUDGED.names}
    columns["size"] = [sizes.get(one.doc_id) for one in documents]
    columns["elements"] = [one.elements.num_rows for one in documents]
    return pa.table(columns, schema=JUDGED)


def _without(documents: Sequence[ExtractedDocument], verdict: Verdict) -> list[ExtractedDocument]:
    """The documents, of which those that the contract refuses have failed."""
    reasons: dict[str, dict[str, str]] = {}
    for row in QUARANTINE.rows(verdict.refused):
        reasons.setdefault(row["doc_id"], {})[row["rule"]] = row["evidence"] or ""
    return [
        one.failed(_refusal(reasons[one.doc_id])) if one.doc_id in reasons else one
        for one in documents
    ]


def _of_source(documents: Sequence[ExtractedDocument]) -> pa.Table:
    """`QUARANTINE`, of what its place can hand over no document of: a message without a key."""
    rows: list[Refusal] = [
        QUARANTINE.empty_row()
        | {
            "source": one.source,
            "bucket": one.bucket,
            "root_id": one.root_id,
            "doc_id": one.doc_id,
            "path": one.path,
            "content_hash": one.content_hash,
            "recipe": one.recipe,
            "stage": DOCUMENTS_STAGE,
            "key": one.doc_id,
            "rule": rule,
            "severity": "reject",
            "evidence": one.error.facts.get("evidence"),
            "attempts": 1,
            "first_refused_at": clock.now(),
            "refused_at": clock.now(),
        }
        for one in documents
        if isinstance(one.error, DocumentRefused)
        for rule in one.error.facts.get("rules", ())
    ]
    return QUARANTINE.arrow(rows)


def _refusal(reasons: Mapping[str, str]) -> DocumentRefused:
    told = "; ".join(f"{rule} ({evidence})" for rule, evidence in reasons.items())
    return DocumentRefused(f"It breaks {told}.", rules=sorted(reasons))


def _figures(
    of_documents: Verdict, elements: pa.Table, of_elements: Verdict
) -> dict[str, LedgerRow]:
    """Columns of the ledger for the documents that have a warning or lack an element."""
    figures: dict[str, LedgerRow] = {}
    warned = of_documents.accepted.filter(pc.is_valid(of_documents.accepted["warnings"]))
    for doc_id, names in zip(strings(warned["doc_id"]), warned["warnings"], strict=True):
        figures[doc_id] = {"warnings": names.as_py()}
    if of_elements.accepted.num_rows == elements.num_rows:
        return figures
    kept = of_elements.accepted["element_id"].combine_chunks()
    missing = elements.filter(pc.invert(pc.is_in(elements["element_id"], value_set=kept)))
    numbers, letters = Counter[str](), Counter[str]()
    for doc_id, text in zip(strings(missing["doc_id"]), strings(missing["text"]), strict=True):
        numbers[doc_id] += 1
        letters[doc_id] += text_amount.of(text)
    for doc_id, number in numbers.items():
        figures.setdefault(doc_id, {}).update(
            {"refused_elements": number, "refused_letters": letters[doc_id]}
        )
    return figures
