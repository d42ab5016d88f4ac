"""The balance of one partition, counted from its rows."""

from __future__ import annotations

from collections import Counter

from doclake.access import of_source
from doclake.chunk import exclusions, included
from doclake.display import number_of
from doclake.health.counts import Balance
from doclake.health.fault import Fault
from doclake.index.recut import COLUMNS as RECUT
from doclake.index.recut import recut
from doclake.index.state import IndexState
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import Recipe
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.decisions import DECISIONS, DROPPED
from doclake.tables.elements import ELEMENTS, ElementRow
from doclake.tables.ledger import LedgerRow
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import strings


class Partition:
    """One (source, bucket), small enough for memory."""

    def __init__(
        self, project: Project, state: IndexState | None, source: str, bucket: str
    ) -> None:
        self.lake, self.index, self.state = project.lake, project.index, state
        self.index_aside = project.index_aside
        self.scope = Scope(source, [bucket])
        self.name = f"{source}/{bucket}"
        known = project.settings.sources.get(source)
        self.recipe = known.recipe if known else Recipe()
        self.cap = known.access if known else None
        self.model = (state.model if state else project.model) or ""
        self.model_to_come = project.model or self.model
        self.result = Balance()
        self.rows: dict[str, list[LedgerRow]] = {}

    def _problem(self, text: str, *rows: LedgerRow, in_index: bool = False) -> None:
        roots = tuple(sorted({row["root_id"] for row in rows}))
        self.result.faults.append(Fault(f"{self.name}: {text}", in_index, roots))

    def balance(self) -> Balance:
        rows = ledger.read(self.lake, self.scope)
        for row in rows:
            self.rows.setdefault(row["doc_id"], []).append(row)
        live = {row["doc_id"]: row for row in rows if row["status"] != ledger.DELETED}
        counts = Counter(row["doc_id"] for row in rows)
        for row in rows:
            if counts.pop(row["doc_id"], 1) > 1:
                self._problem(f"{row['path']}: has two rows in the ledger", row)
        sound = {key: row for key, row in live.items() if row["status"] == ledger.OK}
        self.result.documents = len(live)
        self.result.failed = len(live) - len(sound)
        self._registry(live)
        elements = self._elements(sound)
        chunks = self._chunks(sound, elements)
        self._vectors_and_index(chunks)
        return self.result

    def _registry(self, live: dict[str, LedgerRow]) -> None:
        """Every listed version has its ledger row, and no ledger row outlives its document."""
        columns = ["doc_id", "path", "signature", "access", "own_access", "deleted_at"]
        registry = self.lake.read("documents", self.scope, columns).to_pylist()
        listed = {row["doc_id"]: row for row in registry if row["deleted_at"] is None}
        self.result.listed = len(listed)
        if self.cap is not None:
            self.result.other_access = sum(
                set(row["access"] or ()) != of_source(row["own_access"], self.cap)
                for row in listed.values()
            )
        for doc_id, document in listed.items():
            entry = live.get(doc_id)
            if entry is None or entry["signature"] != document["signature"]:
                known = [entry] if entry else []
                self._problem(f"{document['path']}: this version has not been extracted", *known)
        for row in live.values():
            if row["root_id"] not in listed:
                self._problem(
                    f"{row['path']}: gone from the registry, but not from the ledger", row
                )

    def _elements(self, sound: dict[str, LedgerRow]) -> dict[str, dict[str, str | None]]:
        """Reason of exclusion (or None) of every element, by document and element."""
        columns = ["doc_id", "element_id", "type", "hidden", "text", "page"]
        documents: dict[str, list[ElementRow]] = {}
        pages: dict[str, set[int]] = {}
        for element in ELEMENTS.rows(self.lake.read("elements", self.scope, columns)):
            documents.setdefault(element["doc_id"], []).append(element)
            if element["page"] is not None:
                pages.setdefault(element["doc_id"], set()).add(element["page"])
        total = Counter({doc_id: len(rows) for doc_id, rows in documents.items()})
        reasons = {
            doc_id: dict(zip((row["element_id"] for row in rows), found, strict=True))
            for doc_id, rows in documents.items()
            for found in [exclusions(rows, included(self.recipe))]
        }
        self.result.elements = total.total()
        missing = self._missing()
        for doc_id, row in sound.items():
            count = total[doc_id]
            if count != row["elements"] or count != len(reasons.get(doc_id, {})):
                elements = number_of(count, "element")
                self._problem(f"{row['path']}: {elements}, the ledger says {row['elements']}", row)
            with_elements = len(pages.get(doc_id, ()))
            left_out = self._left_out(row, missing[doc_id])
            if (row["pages_with_text"] or 0) > with_elements + left_out:
                self._problem(
                    f"{row['path']}: {row['pages_with_text']} pages with text, "
                    f"{with_elements} with elements",
                    row,
                )
        for doc_id in reasons.keys() - sound.keys():
            self._problem(
                f"{number_of(total[doc_id], 'element')} of {doc_id}, which is not a sound document",
                *self.rows.get(doc_id, []),
            )
        return reasons

    def _missing(self) -> Counter[str]:
        """How many elements of each document wait in quarantine, or were dropped by people."""
        scope = Scope(self.scope.source, self.scope.buckets, {"stage": ["elements"]})
        dropped = Scope(scope.source, scope.buckets, {**scope.where, "decision": [DROPPED]})
        keys = {
            key
            for table, of in (("quarantine", scope), ("decisions", dropped))
            for key in self.lake.count_by(table, ["doc_id", "key"], of)
        }
        return Counter(doc_id for doc_id, _ in keys)

    def _left_out(self, row: LedgerRow, missing: int) -> int:
        """Elements of a document that the contract refused, or people dropped."""
        recorded = row["refused_elements"] or 0
        if recorded != missing:
            self._problem(
                f"{row['path']}: {missing} elements in quarantine or dropped, the ledger says "
                f"{recorded}",
                row,
            )
        return recorded

    def _chunks(
        self, sound: dict[str, LedgerRow], elements: dict[str, dict[str, str | None]]
    ) -> list[ChunkRow]:
        columns = [*RECUT, "chunk_id", "text_hash", "row_hash", "element_ids", "dropped_by"]
        chunks = CHUNKS.rows(self.lake.read("chunks", self.scope, columns))
        columns = ["stage", "key", "doc_id", "element_ids"]
        quarantine = self.lake.read("quarantine", self.scope, columns)
        waiting = {row["key"]: row for row in QUARANTINE.rows(quarantine)}
        self.result.chunks, self.result.quarantined = len(chunks), len(waiting)
        refused = [row for row in waiting.values() if row["element_ids"]]
        used: dict[str, set[str]] = {}
        for chunk in [*chunks, *refused]:
            used.setdefault(chunk["doc_id"], set()).update(chunk["element_ids"] or ())
        dropped = self._dropped()
        counts = Counter(row["doc_id"] for row in chunks)
        for doc_id, row in sound.items():
            reasons = elements.get(doc_id, {})
            excluded = {key for key, reason in reasons.items() if reason}
            self.result.excluded += len(excluded)
            lost = reasons.keys() - used.get(doc_id, set()) - excluded - dropped.get(doc_id, set())
            known = row["suspicious"] or 0
            if len(lost) != known:
                why = f"the ledger says {known}" if known else "without a reason"
                self._problem(
                    f"{row['path']}: {number_of(len(lost), 'element')} in no chunk, {why}", row
                )
            if used.get(doc_id, set()) - reasons.keys():
                self._problem(f"{row['path']}: chunks name elements that do not exist", row)
            if counts[doc_id] != row["chunks"]:
                cut = number_of(counts[doc_id], "chunk")
                self._problem(f"{row['path']}: {cut}, the ledger says {row['chunks']}", row)
        for doc_id in counts.keys() - sound.keys():
            self._problem(
                f"{number_of(counts[doc_id], 'chunk')} of {doc_id}, which is not a sound document",
                *self.rows.get(doc_id, []),
            )
        return self._kept(chunks)

    def _kept(self, chunks: list[ChunkRow]) -> list[ChunkRow]:
        """Those that curation does not drop, which are embedded and found."""
        kept = [chunk for chunk in chunks if chunk["dropped_by"] is None]
        self.result.dropped = len(chunks) - len(kept)
        dropped = Counter(row["doc_id"] for row in chunks if row["dropped_by"] is not None)
        for doc_id, rows in self.rows.items():
            if dropped[doc_id] != (rows[0]["dropped"] or 0):
                said = f"{dropped[doc_id]} chunks dropped, the ledger says {rows[0]['dropped']}"
                self._problem(f"{rows[0]['path']}: {said}", *rows)
        return kept

    def _dropped(self) -> dict[str, set[str]]:
        """Elements of the chunks that people left out, by document."""
        scope = Scope(self.scope.source, self.scope.buckets, {"decision": [DROPPED]})
        elements: dict[str, set[str]] = {}
        for row in DECISIONS.rows(self.lake.read("decisions", scope, ["doc_id", "element_ids"])):
            elements.setdefault(row["doc_id"], set()).update(row["element_ids"] or ())
        return elements

    def _vectors_and_index(self, chunks: list[ChunkRow]) -> None:
        as_before = self._as_before(chunks)
        vectors = to_come = self._embedded(self.model)
        if as_before and self.model_to_come != self.model:
            to_come = self._embedded(self.model_to_come)
        lacking = [
            row["doc_id"]
            for row in chunks
            if row["text_hash"] not in (to_come if row["doc_id"] in as_before else vectors)
        ]
        self.result.vectors = len(chunks) - len(lacking)
        without = set(lacking)
        if without:
            self._problem(
                f"{number_of(len(lacking), 'chunk has', 'chunks have')} no vector",
                *(row for doc_id in without for row in self.rows.get(doc_id, [])),
            )
        counts = Counter(row["chunk_id"] for row in chunks)
        repeated = {row["doc_id"] for row in chunks if counts[row["chunk_id"]] > 1}
        if repeated:
            self._problem(
                "two chunks have one id",
                *(row for doc_id in repeated for row in self.rows.get(doc_id, [])),
            )
        self._indexed(chunks, without | as_before)

    def _embedded(self, model: str) -> set[str]:
        """Hashes of the texts that have a vector of a model."""
        scope = Scope(self.scope.source, self.scope.buckets, {"model": [model]})
        column = strings(self.lake.read("embeddings", scope, ["text_hash"])["text_hash"])
        texts = set(column)
        if twice := len(column) - len(texts):
            self._problem(f"{number_of(twice, 'text has', 'texts have')} two vectors of one model")
        return texts

    def _as_before(self, chunks: list[ChunkRow]) -> set[str]:
        """Documents that were only cut anew, so that searches go on with their rows of before."""
        if self.state is None:
            return set()
        return recut(self.state, self.index.table(self.state), self.scope, chunks)

    def _indexed(self, chunks: list[ChunkRow], keeping: set[str]) -> None:
        """The index holds the chunks of all documents but those that are keeping other rows."""
        if self.index_aside:
            return
        rows: list[dict[str, str]] = []
        if self.state:
            columns = ["chunk_id", "row_hash", "doc_id"]
            rows = self.index.rows(self.state, self.scope, columns).to_pylist()
        self.result.indexed = len(rows)
        repeated = len(rows) - len({row["chunk_id"] for row in rows})
        if repeated:
            self._problem(
                f"{number_of(repeated, 'index row is a duplicate', 'index rows are duplicates')}",
                in_index=True,
            )
        wanted = {r["chunk_id"]: r["row_hash"] for r in chunks if r["doc_id"] not in keeping}
        indexed = {r["chunk_id"]: r["row_hash"] for r in rows if r["doc_id"] not in keeping}
        missing, extra = wanted.keys() - indexed.keys(), indexed.keys() - wanted.keys()
        stale = [key for key in wanted.keys() & indexed.keys() if wanted[key] != indexed[key]]
        for what, keys in (("missing from", missing), ("extra in", extra), ("stale in", stale)):
            if keys:
                self._problem(f"{number_of(len(keys), 'chunk')} {what} the index", in_index=True)
