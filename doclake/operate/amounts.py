"""How much work waits in each bucket of a source. Reads tables and no document; writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.fingerprints import Fingerprints
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate.kinds import Figures, Kinds, letters_per_token
from doclake.project import Project
from doclake.stages.context import StageContext
from doclake.stages.plans import signals
from doclake.stages.plans.chunks import are_as_now
from doclake.stages.plans.elements import planned
from doclake.tables.chunks import KEPT
from doclake.tables.ledger import LEDGER, LedgerRow

TOKENS_PER_CHUNK = 154.0  # `rates.MEASURED`: tokens of a page by its chunks
_TEXT = ["text_hash", "doc_id", "tokens"]
_STAGES = ("elements", "chunks", "signals", "embeddings", "search_index")
_LEDGER = (
    *("bucket", "root_id", "doc_id", "status", "element_letters"),
    *("chunk_recipe", "contract", "curation", "chunks", "model", "vectors", "indexed"),
)


@dataclass(frozen=True)
class Amounts:
    """What the stages would do. `elements` are seconds of parsing, one document after the other;
    `chunks` and `embeddings` tokens; `signals` chunks; `search_index` rows. `cut_anew` and
    `embedded_anew` count documents that another recipe cut or another model embedded."""

    documents: int = 0
    pages: float = 0.0
    elements: float = 0.0
    chunks: float = 0.0
    signals: float = 0.0
    embeddings: float = 0.0
    search_index: float = 0.0
    cut_anew: int = 0
    embedded_anew: int = 0

    @property
    def stages(self) -> dict[str, float]:
        """The amount of each stage that has any."""
        return {stage: amount for stage in _STAGES if (amount := getattr(self, stage))}

    def __add__(self, other: Amounts) -> Amounts:
        names = [field.name for field in fields(self)]
        return Amounts(**{name: getattr(self, name) + getattr(other, name) for name in names})


def total(amounts: Mapping[str, Amounts]) -> Amounts:
    return sum(amounts.values(), Amounts())


def waiting(
    project: Project,
    source: str,
    unregistered: Sequence[Mapping[str, Any]] = (),
    moved: Collection[str] = (),
) -> dict[str, Amounts]:
    """By bucket. `unregistered` are listed documents (bucket, doc_id, path, size) that no run has
    registered as they are now; those at `moved` paths have vectors. Raises `ModelError` while the
    folder of the model is not there."""
    context = StageContext.whole(project, source)
    listed = {row["doc_id"] for row in unregistered}
    registered = planned(context, context.fingerprints.elements).extract.to_pylist()
    rows = [*unregistered, *(row for row in registered if row["doc_id"] not in listed)]
    amounts: dict[str, Amounts] = {}
    entries = _behind(context, {row["doc_id"] for row in rows})
    if not rows and not entries:
        return amounts

    def add(bucket: str, more: Amounts) -> None:
        amounts[bucket] = amounts.get(bucket, Amounts()) + more

    if rows:
        kinds = Kinds.of(project.lake, source)
        is_judged = context.fingerprints.signals is not None
        for row in rows:
            figures = kinds.figures(row["path"], row["size"] or 0)
            more = _extracted(figures, has_vectors=row["path"] in moved)
            add(row["bucket"], more if is_judged else replace(more, signals=0.0))
    if entries:
        for bucket, more in _of_entries(context, entries):
            add(bucket, more)
    return amounts


def lacking_tokens(project: Project, source: str, buckets: Sequence[str]) -> int:
    """Tokens of the texts of these buckets that have no vector of the model yet, anywhere."""
    scope = Scope(source, buckets)
    chunks = project.lake.read("chunks", replace(scope, null=KEPT), _TEXT)
    texts = _lacking(project.lake, chunks, project.fingerprints(source).embeddings)
    return pc.sum(texts["tokens"]).as_py() or 0


def _extracted(one: Figures, *, has_vectors: bool) -> Amounts:
    return Amounts(
        documents=1,
        pages=one.pages,
        elements=one.seconds,
        chunks=one.tokens,
        signals=one.tokens / TOKENS_PER_CHUNK,
        embeddings=0.0 if has_vectors else one.tokens,
        search_index=one.tokens / TOKENS_PER_CHUNK,
    )


def _behind(context: StageContext, extracted: set[str]) -> list[LedgerRow]:
    """Ledger rows of documents whose extraction stands and that a later stage has not done."""
    fingerprints = context.fingerprints
    rows = context.lake.read("ledger", context.scope, _LEDGER)
    done = pc.and_(
        are_as_now(rows, fingerprints),
        pc.fill_null(pc.equal(rows["model"], fingerprints.embeddings), False),
    )
    done = pc.and_(done, signals.are_as_now(rows, fingerprints.signals))
    done = pc.and_(done, pc.is_valid(rows["indexed"]))
    sound = pc.and_(pc.equal(rows["status"], ledger.OK), pc.invert(done))
    left = rows.filter(sound)
    is_extracted = pc.is_in(left["root_id"], value_set=pa.array(sorted(extracted), pa.string()))
    return LEDGER.rows(left.filter(pc.invert(is_extracted)))


def _of_entries(context: StageContext, entries: list[LedgerRow]) -> list[tuple[str, Amounts]]:
    buckets = sorted({row["bucket"] for row in entries})
    chunks = context.lake.read("chunks", Scope(context.source, buckets, null=KEPT), _TEXT)
    fingerprints = context.fingerprints
    tokens = _by_document(chunks)
    lacking = _by_document(_lacking(context.lake, chunks, fingerprints.embeddings))
    per_token = letters_per_token(context.lake, context.source)
    return [
        (row["bucket"], _of_entry(row, fingerprints, tokens, lacking, per_token)) for row in entries
    ]


def _of_entry(
    row: LedgerRow,
    fingerprints: Fingerprints,
    tokens: Mapping[str, float],
    lacking: Mapping[str, float],
    letters_per_token: float,
) -> Amounts:
    cut_and_judged = (row["chunk_recipe"], row["contract"])
    if cut_and_judged != (fingerprints.chunks, fingerprints.contract):
        known = tokens.get(row["doc_id"]) or (row["element_letters"] or 0) / letters_per_token
        cut = row["chunks"] or known / TOKENS_PER_CHUNK
        return Amounts(
            chunks=known,
            signals=cut if fingerprints.signals else 0.0,
            embeddings=known,
            search_index=cut,
            cut_anew=int(row["chunk_recipe"] is not None),
        )
    is_judged = row["curation"] == fingerprints.signals
    return Amounts(
        signals=0.0 if is_judged else row["chunks"] or 0,
        embeddings=lacking.get(row["doc_id"], 0.0),
        search_index=row["chunks"] or 0,
        embedded_anew=int(row["model"] not in (None, fingerprints.embeddings)),
    )


def _lacking(lake: Lake, chunks: pa.Table, model: str) -> pa.Table:
    """The chunks, once for each text, whose text has no vector of the model in the lake."""
    grouped = chunks.group_by("text_hash", use_threads=False)
    texts = grouped.aggregate([("doc_id", "first"), ("tokens", "first")])
    texts = texts.rename_columns(_TEXT)
    embedded = lake.read("embeddings", Scope(where={"model": [model]}), ["text_hash"])
    has = pc.is_in(texts["text_hash"], value_set=embedded["text_hash"].combine_chunks())
    return texts.filter(pc.invert(has))


def _by_document(chunks: pa.Table) -> dict[str, float]:
    summed = chunks.group_by("doc_id").aggregate([("tokens", "sum")])
    return {row["doc_id"]: row["tokens_sum"] for row in summed.to_pylist()}
