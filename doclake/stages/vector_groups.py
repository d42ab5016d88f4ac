"""Groups of texts on their way to vectors.

Where the back end leaves the processors alone, a thread beside reads and tokenises the next group
while one is computed, and then checks and commits the last. That thread alone reads and writes the
lake, one task after the other; so at most four groups are held at once. Where the processors
compute, all is done in turn: beside each other both took as long, and more memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, tracing
from doclake.contracts import validate_embeddings, vector_rules
from doclake.embed import Embedder, Prepared, embedding_text
from doclake.embed.pace import Pace
from doclake.lake.scope import Scope
from doclake.settings import RuleSettings
from doclake.stages.context import StageContext
from doclake.stages.refusals import stopped, told
from doclake.stages.report import StageReport
from doclake.stages.traced import group as traced_group
from doclake.stages.vector_reuse import copies, in_buckets, vectors_elsewhere
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import strings

T = TypeVar("T")
COMMIT_TEXTS = 2_000
Part = tuple[StageContext, pa.Table]
"""Some buckets, and the texts of theirs that lack a vector: `PLACE`."""


@dataclass
class VectorGroup:
    """Texts of some buckets that are committed together.

    `elsewhere` is the place of each text that has a vector, shared by the groups of a part;
    `copied` are the rows that stand there; `hashes` the texts to be computed. What neither holds is
    computed for a group before this one.
    """

    context: StageContext
    lacking: pa.Table
    elsewhere: dict[str, tuple[str, str]]
    copied: pa.Table
    hashes: list[str]
    prepared: Prepared
    is_last: bool


class VectorGroups:
    """One run over the texts that lack a vector, judged by the shipped rules and `rules` of the
    settings. `refused` gets each group with what the contract
    refused of it, `settled` each part that is done; both in the thread that writes the lake."""

    def __init__(
        self,
        embedder: Embedder,
        rules: Mapping[str, RuleSettings],
        report: StageReport,
        refused: Callable[[VectorGroup, pa.Table], None],
        settled: Callable[[StageContext], None],
    ) -> None:
        self._embedder, self._rules, self._report = embedder, rules, report
        self._refused, self._settled = refused, settled
        self._work = embedder.work("document", "signs")
        self._unfinished: deque[VectorGroup] = deque()
        self._refusals = QUARANTINE.schema.empty_table()
        self._places = 0
        self._beside = ThreadPoolExecutor(1, "vectors")  # which starts no thread before it is used
        self.pace = Pace()

    def run(self, parts: Iterable[Part], tell: Callable[[int], None]) -> None:
        """Bring every part its vectors. `tell` gets the number of texts that are done."""
        planned, taken = self._planned(parts), deque[VectorGroup]()
        finishing: deque[Future[None]] = deque()
        given = 0  # texts that need no computing, of groups that were taken

        def coming() -> Iterator[Prepared]:
            nonlocal given
            ahead = self._begun(next, planned, None)
            while (group := ahead.result()) is not None:
                ahead = self._begun(next, planned, None)
                taken.append(group)
                given += len(group.lacking) - len(group.hashes)
                yield group.prepared

        began = tracing.now()
        with self._beside:
            for _ in self._embedder.computed(
                coming(), lambda done, _: tell(given + done), self.pace
            ):
                finishing.append(self._begun(self._finish, taken.popleft(), began))
                began = tracing.now()
                while finishing and finishing[0].done():
                    finishing.popleft().result()
            for finished in finishing:
                finished.result()

    def _begun(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """The call, at work in the thread beside, or done. Before there is a text to embed, nobody
        asks the back end, which may take seconds."""
        if self._places and self._embedder.documents.leaves_processor:
            return self._beside.submit(copy_context().run, call, *arguments)
        future: Future[T] = Future()
        future.set_result(call(*arguments))
        return future

    def _planned(self, parts: Iterable[Part]) -> Iterator[VectorGroup]:
        for context, lacking in parts:
            elsewhere = (
                vectors_elsewhere(context, self._embedder, lacking["text_hash"])
                if len(lacking)
                else {}
            )
            starts = range(0, max(1, len(lacking)), COMMIT_TEXTS)
            for start in starts:
                texts = lacking.slice(start, COMMIT_TEXTS)
                group = self._group(context, texts, elsewhere, is_last=start == starts[-1])
                self._unfinished.append(group)
                yield group

    def _group(
        self,
        context: StageContext,
        lacking: pa.Table,
        elsewhere: dict[str, tuple[str, str]],
        *,
        is_last: bool,
    ) -> VectorGroup:
        wanted = set(strings(lacking["text_hash"]))
        places = {text_hash: elsewhere[text_hash] for text_hash in wanted & elsewhere.keys()}
        copied = copies(context, places, self._embedder)
        awaited = {text_hash for group in self._unfinished for text_hash in group.hashes}
        hashes = sorted(wanted - set(strings(copied["text_hash"])) - awaited)
        texts = _texts(context, pc.unique(lacking["bucket"]).to_pylist(), hashes)
        prepared = self._embedder.prepared(texts, self._work, self._places)
        self._places += len(texts)
        return VectorGroup(context, lacking, elsewhere, copied, hashes, prepared, is_last)

    def _finish(self, group: VectorGroup, began: int) -> None:
        """Check and commit the vectors of the group, which were computed from `began` on, in all
        its buckets together."""
        with traced_group("embeddings", len(group.lacking), "texts", began):
            self._commit(group)

    def _commit(self, group: VectorGroup) -> None:
        context, report = group.context, self._report
        if len(group.lacking):
            wanted = set(strings(group.lacking["text_hash"]))
            accepted, refused = self._judged(group)
            others = wanted - set(group.hashes) - set(strings(group.copied["text_hash"]))
            places = {h: group.elsewhere[h] for h in others & group.elsewhere.keys()}
            copied = [group.copied, copies(context, places, self._embedder)]
            vectors = pa.concat_tables([*copied, accepted])
            rows = in_buckets(vectors, context.source, group.lacking)
            _write(group, rows, self._embedder.fingerprint)
            self._note(rows, context.source)
            report.rows += rows.num_rows
            report.add("embedded", len(group.hashes))
            report.add("copied", rows.num_rows - accepted.num_rows)
            missing = pa.array(sorted(others - places.keys()), pa.string())
            again = self._refusals.filter(pc.is_in(self._refusals["key"], value_set=missing))
            self._refusals = pa.concat_tables([self._refusals, refused])
            self._refused(group, pa.concat_tables([refused, again]))
        self._unfinished.popleft()
        if group.is_last:
            self._settled(context)

    def _note(self, rows: pa.Table, source: str) -> None:
        """Groups that were planned before these rows were written find them."""
        known = {id(group.elsewhere): group.elsewhere for group in self._unfinished}
        for bucket, text_hash in zip(
            strings(rows["bucket"]), strings(rows["text_hash"]), strict=True
        ):
            for elsewhere in known.values():
                elsewhere[text_hash] = (source, bucket)

    def _judged(self, group: VectorGroup) -> tuple[pa.Table, pa.Table]:
        """The computed rows that the contract accepts, and its refusals. Copied rows were checked
        before."""
        if not group.hashes:
            return EMBEDDINGS.schema.empty_table(), QUARANTINE.schema.empty_table()
        rules = vector_rules(self._embedder.dimension, self._rules)
        verdict = validate_embeddings(self._rows(group), rules)
        self._report.tally_rules(verdict)
        if verdict.stopped:
            raise stopped(group.context.source, [told(rule, "vectors") for rule in verdict.stopped])
        return verdict.accepted, verdict.refused

    def _rows(self, group: VectorGroup) -> pa.Table:
        """A row for each computed text, in no bucket yet."""
        embedder, n = self._embedder, len(group.hashes)
        embedded = embedder.embedded(group.prepared)
        flat = pa.array(embedded.vectors.reshape(-1), pa.float32())
        offsets = pa.array(range(0, len(flat) + 1, embedded.vectors.shape[1]), pa.int32())
        return pa.table(
            {
                "source": [group.context.source] * n,
                "bucket": [""] * n,
                "text_hash": group.hashes,
                "model": [embedder.fingerprint] * n,
                "model_name": [embedder.settings.model] * n,
                "vector": pa.ListArray.from_arrays(offsets, flat),
                "signs": embedded.signs,
                "created_at": [clock.now()] * n,
                "warnings": [None] * n,
            },
            schema=EMBEDDINGS.schema,
        )


def _texts(context: StageContext, buckets: list[str], hashes: list[str]) -> list[str]:
    """The text of each hash; the chunks of `buckets` hold them."""
    if not hashes:
        return []
    scope = Scope(context.source, buckets, {"text_hash": hashes})
    columns = ["text_hash", "context", "text"]
    rows = {
        row["text_hash"]: row for row in context.lake.read("chunks", scope, columns).to_pylist()
    }
    chunks = [rows[text_hash] for text_hash in hashes]
    return [embedding_text(chunk["context"], chunk["text"]) for chunk in chunks]


def _write(group: VectorGroup, rows: pa.Table, model: str) -> None:
    """Write `rows` and keep those that stand: another bucket may have a text that one lacks."""
    context, lacking = group.context, group.lacking
    where = {"text_hash": strings(pc.unique(lacking["text_hash"])), "model": [model]}
    scope = Scope(context.source, pc.unique(lacking["bucket"]).to_pylist(), where)
    standing = context.lake.read("embeddings", scope)
    context.lake.replace("embeddings", scope, pa.concat_tables([standing, rows]))
