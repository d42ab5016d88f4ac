"""What is known of a document that was erased: that, when, by whom and why, and nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doclake.lake import erased
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.erasures import ERASURES


@dataclass(frozen=True)
class ErasedDocument:
    """`completed_at` is None while the erasure waits to be finished: rows may be left then."""

    erasure_id: str
    erased_by: str
    reason: str | None
    begun_at: datetime
    completed_at: datetime | None


def find(lake: Lake, source: str, doc_id: str) -> ErasedDocument | None:
    """By the id of a listed document; None if it stands on no deny list."""
    for row in erased.rows(lake, Scope(source, where={"doc_id": [doc_id]})):
        scope = Scope(where={"erasure_id": [row["erasure_id"]]})
        ends = lake.read(ERASURES.name, scope, ["completed_at"])["completed_at"].to_pylist()
        return ErasedDocument(
            erasure_id=row["erasure_id"],
            erased_by=row["erased_by"],
            reason=row["reason"],
            begun_at=row["erased_at"],
            completed_at=ends[0] if ends else None,
        )
    return None
