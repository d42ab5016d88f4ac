"""chunks: cuts extracted documents into chunks, and quarantines those that break the contract.

Works on whole trees, because a replaced tree may have lost or gained documents inside it. A tree is
done again when its elements or the chunk recipe has changed; another access list needs no cutting
(`stages/access.py`). Only changed texts are embedded again later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.access import Readers
from doclake.chunk import DocumentFacts, chunk_document, included
from doclake.chunk.personal_data import with_spans
from doclake.chunk.suspicion import element_ids, parted
from doclake.contracts import Rule, Verdict, validate_chunks
from doclake.embed import TokenCounter, resolve
from doclake.extract import text_amount
from doclake.extract.registry import format_of
from doclake.health.unsound_rows import orphans
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.stages import refusals
from doclake.stages.context import StageContext, batched
from doclake.stages.document_dates import dates
from doclake.stages.plans.chunks import planned, registered_access
from doclake.stages.report import StageReport
from doclake.stages.standing_chunks import STAGE, rules_of, tried
from doclake.stages.traced import group, traced
from doclake.tables.chunks import CHUNKS
from doclake.tables.decisions import DROPPED
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from doclake.tables.ledger import LedgerRow, LeftOut

REFUSED = "contract"
"""In `left_out`: letters of elements that the contract refused."""
_DERIVED = (*ledger.CURATE_FIELDS, *ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
SUSPICIOUS = "suspicious"  # why letters are left out
_UNDONE = (*ledger.CHUNK_FIELDS, *_DERIVED)


@dataclass(frozen=True)
class _Cut:
    """What came of a document: its chunks, how many elements are in none for what they are, or for
    they would be in `suspicious` ones, and their letters by the reason."""

    chunks: pa.Table
    excluded: int
    suspicious: int
    left_out: list[LeftOut]


@traced(STAGE)
def run(context: StageContext) -> StageReport:
    with context.exclusive(STAGE):
        return _run(context)


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
    todo = planned(context, report)
    rules = rules_of(context)
    if todo.has_other_rules:
        tried(context, rules).require_reason(context.source)
    context.step(STAGE, 0, len(todo.places))
    stopped: list[str] = []
    if todo.places:
        counter = TokenCounter(resolve(context.settings.embedding))
        done = 0
        for batch in _batches(context, todo.places, rules):
            with group(STAGE, len(batch)):
                stopped += _commit(context, batch, rules, counter, report)
            done += len(batch)
            context.step(STAGE, done, len(todo.places))
    _forget_questions(context)
    if stopped:
        raise refusals.stopped(context.source, stopped)
    return report.finished()


def _batches(
    context: StageContext, places: Mapping[str, str], rules: Sequence[Rule]
) -> Iterator[dict[str, str]]:
    """Trees that are committed together. A rule that may stop a bucket sees all of it first."""
    if all(rule.severity != "stop" for rule in rules):
        yield from map(dict, batched(places.items(), context.batch_size))
        return
    for bucket in sorted(set(places.values())):
        yield {root_id: place for root_id, place in places.items() if place == bucket}


def _commit(
    context: StageContext,
    places: Mapping[str, str],
    rules: Sequence[Rule],
    counter: TokenCounter,
    report: StageReport,
) -> list[str]:
    """Cut the trees at these `places` (the bucket of each root_id) anew. Writes nothing and says
    why if a rule stops it."""
    rows = ledger.of_trees(context.lake, context.source, places)
    buckets = sorted(set(places.values()))
    scope = Scope(context.source, buckets, {"root_id": places})
    access = registered_access(context, places)
    fingerprint = context.fingerprints.chunks
    chunked = _chunk(context, rows, scope, access, fingerprint, counter)
    decisions = refusals.decisions(context.lake, scope, STAGE)
    verdict = validate_chunks(
        pa.concat_tables([*(c.chunks for c in chunked.values()), CHUNKS.schema.empty_table()]),
        rules,
        decisions,
    )
    if verdict.stopped:
        of = f"rows of bucket {', '.join(buckets)}"
        return [refusals.told(rule, of) for rule in verdict.stopped]
    _write(context, scope, verdict, rows)
    in_quarantine = refusals.of(scope, STAGE)
    written = context.lake.count_by("chunks", ["doc_id"], scope)
    quarantined = context.lake.count_by("quarantine", ["doc_id"], in_quarantine, value="key")
    letters, dropped = _letters(verdict.accepted), _letters(verdict.dropped)
    entries = [
        _entry(context, row, chunked, access, fingerprint, dropped)
        | {
            "contract": context.fingerprints.contract,
            "chunks": written.get((row["doc_id"],), 0),
            "chunk_letters": letters.get(row["doc_id"], 0),
            "quarantined": quarantined.get((row["doc_id"],), 0),
        }
        for row in rows
    ]
    ledger.write(context.lake, context.source, entries, places)
    if decisions:
        versions = {row["doc_id"]: row["content_hash"] for row in rows if row["doc_id"] in chunked}
        known = {rule.fingerprint for rule in rules}
        refusals.forget_outdated(context.lake, scope, STAGE, versions, known)
    _add_up(report, verdict)
    return []


def _write(
    context: StageContext, scope: Scope, verdict: Verdict, rows: Sequence[LedgerRow]
) -> None:
    """The chunks and the refusals; until they are counted back, the trees are not done."""
    lake, in_quarantine = context.lake, refusals.of(scope, STAGE)
    refused = refusals.with_history(lake, in_quarantine, verdict.refused)
    ledger.undone(lake, context.source, rows, _UNDONE)
    lake.replace("chunks", scope, verdict.accepted)
    if refused.num_rows or lake.count_by("quarantine", ["stage"], in_quarantine):
        lake.replace("quarantine", in_quarantine, refused)


def _chunk(
    context: StageContext,
    rows: list[LedgerRow],
    scope: Scope,
    access: Mapping[str, Readers],
    fingerprint: str,
    counter: TokenCounter,
) -> dict[str, _Cut]:
    """What came of every sound document of the trees, by doc_id."""
    elements = context.lake.read("elements", scope).sort_by(
        [("doc_id", "ascending"), ("ordinal", "ascending")]
    )
    by_document = dict(runs(elements, "doc_id"))
    dated = dates(context, rows, scope)
    settings = context.source_settings.recipe
    chunked = {}
    for row in rows:
        if row["status"] != ledger.OK or row["doc_id"] not in by_document:
            continue
        kind = format_of(row["media_type"])
        facts = DocumentFacts(
            source=row["source"],
            bucket=row["bucket"],
            root_id=row["root_id"],
            doc_id=row["doc_id"],
            path=row["path"],
            content_hash=row["content_hash"],
            title=row["title"],
            media_type=row["media_type"],
            date=dated[row["doc_id"]],
            access=sorted(access[row["root_id"]].allow),
            denied=sorted(access[row["root_id"]].deny),
            pages_are_sections=kind is not None and kind.pages_are_sections,
        )
        rows_of_document = by_document[row["doc_id"]]
        document = chunk_document(
            rows_of_document,
            facts,
            settings.chunk,
            counter,
            fingerprint,
            include=included(settings),
        )
        left_out = _left_out(rows_of_document, document.excluded)
        chunks = with_spans(document.chunks, rows_of_document)
        kept, aside = parted(chunks, rows_of_document, settings.injection)
        if aside.num_rows:
            letters = text_amount.of_column(aside["text"])
            left_out.append(LeftOut(reason=SUSPICIOUS, letters=letters))
        suspicious = len(element_ids(aside) - element_ids(kept))
        chunked[row["doc_id"]] = _Cut(kept, len(document.excluded), suspicious, left_out)
    return chunked


def _letters(chunks: pa.Table) -> dict[str, int]:
    """Letters in the chunks of each document."""
    by_document = runs(chunks.sort_by("doc_id"), "doc_id")
    return {doc_id: text_amount.of_column(rows["text"]) for doc_id, rows in by_document}


def _left_out(elements: pa.Table, excluded: Mapping[str, str]) -> list[LeftOut]:
    """Letters in the elements that are in no chunk, by the reason; the largest part first."""
    letters: Counter[str] = Counter()
    if excluded:
        for key, text in zip(elements["element_id"], elements["text"], strict=True):
            reason = excluded.get(key.as_py())
            if reason is not None:
                letters[reason] += text_amount.of(text.as_py())
    return [LeftOut(reason=reason, letters=number) for reason, number in letters.most_common()]


def _entry(
    context: StageContext,
    row: LedgerRow,
    chunked: dict[str, _Cut],
    access: Mapping[str, Readers],
    fingerprint: str,
    dropped: Mapping[str, int],
) -> LedgerRow:
    document = chunked.get(row["doc_id"])
    left_out = list(document.left_out) if document else []
    if row["refused_letters"]:
        left_out.append(LeftOut(reason=REFUSED, letters=row["refused_letters"]))
    if row["doc_id"] in dropped:
        left_out.append(LeftOut(reason=DROPPED, letters=dropped[row["doc_id"]]))
    # A failed document keeps the stage and the run in which it failed.
    sound = row["status"] == ledger.OK
    return ledger.cleared(row, _DERIVED) | {
        "stage": STAGE if sound else row["stage"],
        "run_id": context.run_id if sound else row["run_id"],
        "chunk_recipe": fingerprint,
        "access_hash": ledger.access_hash(row["path"], *access[row["root_id"]]),
        "excluded": document.excluded if document else 0,
        "suspicious": document.suspicious if document else 0,
        "left_out": sorted(left_out, key=lambda part: -part["letters"]),
        "updated_at": clock.now(),
    }


def _add_up(report: StageReport, verdict: Verdict) -> None:
    report.rows += verdict.accepted.num_rows
    report.add("chunks", verdict.accepted.num_rows)
    report.add("tokens", pc.sum(verdict.accepted["tokens"]).as_py() or 0)
    if verdict.refused.num_rows:
        report.add("quarantined", pc.count_distinct(verdict.refused["key"]).as_py())
    report.tally_rules(verdict)


def _forget_questions(context: StageContext) -> None:
    """Drop the questions about texts that no chunk of these partitions holds any more."""
    for (source, bucket), texts in orphans(
        context.lake, GENERATED_QUESTIONS, context.scope
    ).items():
        context.lake.delete(GENERATED_QUESTIONS.name, Scope(source, [bucket], {"text_hash": texts}))
