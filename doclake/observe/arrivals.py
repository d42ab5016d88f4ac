"""What the documents that arrived in a span of time are like: length, language, type, vectors.

Great numbers are sampled: those with the smallest doc_ids, which are hashes, so that it is a fair
choice and always the same one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.observe.quality import UNDECIDED
from doclake.project import Project
from doclake.tables.chunks import CHUNKS
from doclake.tables.ledger import LEDGER
from doclake.tables.rows import strings

if TYPE_CHECKING:
    import numpy as np

KINDS = ("length", "language", "media_type")
SAMPLE = 1_000
"""Documents whose kinds are counted."""
SAMPLE_OF_VECTORS = 250
_CHUNKS = 8  # of a document, whose mean vector stands for it
_LEDGER = ("bucket", "root_id", "doc_id", "status", "media_type", "element_letters")


@dataclass(frozen=True)
class Arrivals:
    """A sample of documents, and how many there are. `kinds` holds for each aspect the kind of
    each document."""

    documents: int = 0
    doc_ids: Sequence[str] = ()
    kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def counts(self, aspect: str) -> dict[str, int]:
        return dict(Counter(self.kinds[aspect].values()))

    @property
    def of_vectors(self) -> list[str]:
        """The documents whose vectors are compared."""
        return list(self.doc_ids[:SAMPLE_OF_VECTORS])


class Registered:
    """The documents of a source that could be read, with the time when each was first listed:
    read once for all days."""

    def __init__(self, project: Project, source: str) -> None:
        self._project, self._source = project, source
        lake = project.lake
        listed = lake.read("documents", Scope(source), ["doc_id", "first_seen"])
        scope = Scope(source, where={"status": [ledger.OK]})
        rows = lake.read(LEDGER.name, scope, _LEDGER).sort_by("doc_id")
        first = dict(zip(strings(listed["doc_id"]), listed["first_seen"].to_pylist(), strict=True))
        moments = [first.get(root) for root in strings(rows["root_id"])]
        kind = listed.schema.field("first_seen").type
        self._rows = rows.append_column("first_seen", pa.array(moments, kind))
        self.first: datetime | None = min((m for m in moments if m), default=None)

    def between(self, start: datetime, end: datetime) -> Arrivals:
        """Those first listed from `start` to before `end`."""
        moments = self._rows["first_seen"]
        kind = moments.type
        mask = pc.and_(
            pc.greater_equal(moments, pa.scalar(start, kind)),
            pc.less(moments, pa.scalar(end, kind)),
        )
        found = self._rows.filter(pc.fill_null(mask, False))
        rows = LEDGER.rows(found.slice(0, SAMPLE).drop_columns(["first_seen"]))
        doc_ids = [row["doc_id"] for row in rows]
        languages = self._languages(doc_ids)
        return Arrivals(
            found.num_rows,
            doc_ids,
            {
                "length": {row["doc_id"]: length(row["element_letters"] or 0) for row in rows},
                "language": {doc_id: languages.get(doc_id, UNDECIDED) for doc_id in doc_ids},
                "media_type": {row["doc_id"]: row["media_type"] or UNDECIDED for row in rows},
            },
        )

    def _languages(self, doc_ids: Collection[str]) -> dict[str, str]:
        """The language of most chunks of each document."""
        if not doc_ids:
            return {}
        scope = Scope(self._source, where={"doc_id": doc_ids})
        counted = self._project.lake.count_by("chunks", ["doc_id", "language"], scope)
        most: dict[str, tuple[int, str]] = {}
        for (doc_id, language), number in counted.items():
            most[doc_id] = max(most.get(doc_id, (0, "")), (number, language or UNDECIDED))
        return {doc_id: language for doc_id, (_, language) in most.items()}

    def vectors(self, doc_ids: Collection[str]) -> dict[str, np.ndarray]:
        """The mean vector of the first chunks of each of these documents that is there and has
        vectors of the newest model: unit float32 [dimension]."""
        import numpy as np

        lake, model = self._project.lake, self._project.model
        if not doc_ids or model is None:
            return {}
        scope = Scope(self._source, where={"doc_id": sorted(doc_ids)})
        columns = ["bucket", "doc_id", "ordinal", "text_hash"]
        chunks = CHUNKS.rows(lake.read("chunks", scope, columns))
        chunks = [chunk for chunk in chunks if chunk["ordinal"] < _CHUNKS]
        hashes = {chunk["text_hash"] for chunk in chunks}
        buckets = sorted({chunk["bucket"] for chunk in chunks})
        if not hashes:
            return {}
        texts = Scope(self._source, buckets, {"text_hash": sorted(hashes), "model": [model]})
        made = lake.read("embeddings", texts, ["text_hash", "vector"])
        known = dict(zip(strings(made["text_hash"]), made["vector"].to_pylist(), strict=True))
        of_documents: dict[str, list[list[float]]] = {}
        for chunk in chunks:
            if vector := known.get(chunk["text_hash"]):
                of_documents.setdefault(chunk["doc_id"], []).append(vector)
        sums = {doc: np.array(rows, np.float32).sum(axis=0) for doc, rows in of_documents.items()}
        return {doc: total / max(float(np.linalg.norm(total)), 1e-9) for doc, total in sums.items()}


def length(letters: int) -> str:
    """The powers of two that a number of letters lies between."""
    power = 1 << max(letters.bit_length() - 1, 0)
    return f"{power} to {2 * power - 1} letters" if letters else "no letters"
