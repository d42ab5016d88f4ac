"""When a document was last changed: by its own word, else by the time of its file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.tables.documents import DOCUMENTS
from doclake.tables.ledger import LedgerRow
from doclake.tables.metadata import METADATA

_SAID = ("modified", "date", "created")
"""Fields that say it, the first known one counts. A mail has the second only."""


def dates(
    context: StageContext, rows: Sequence[LedgerRow], scope: Scope
) -> dict[str, datetime | None]:
    """Of the documents of whole trees, by doc_id. `scope` holds the trees by their `root_id`."""
    names = Scope(scope.source, scope.buckets, {**scope.where, "name": _SAID})
    said: dict[str, dict[str, datetime]] = defaultdict(dict)
    for field in METADATA.rows(context.lake.read("metadata", names, ["doc_id", "name", "value"])):
        moment = _moment(field["value"])
        if moment is not None:
            said[field["doc_id"]][field["name"]] = moment
    roots = Scope(scope.source, scope.buckets, {"doc_id": scope.where["root_id"]})
    listed = DOCUMENTS.rows(context.lake.read("documents", roots, ["doc_id", "mtime"]))
    of_file = {row["doc_id"]: row["mtime"] for row in listed}
    return {
        row["doc_id"]: next(
            (said[row["doc_id"]][name] for name in _SAID if name in said[row["doc_id"]]),
            of_file.get(row["root_id"]),
        )
        for row in rows
    }


def _moment(value: str | None) -> datetime | None:
    """In UTC; a date without a zone is taken for one of UTC. None for what is no date."""
    try:
        moment = datetime.fromisoformat(value or "")
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1900 <= moment.year <= 2999 else None
