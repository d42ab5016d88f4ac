"""What the ledger holds against a passage that was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.settings.operations import Thin
from doclake.tables.ledger import LEDGER, LedgerRow

_COLUMNS = ("doc_id", "status", "indexed", "letters", "element_letters", "quarantined")


def flags(project: Project, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with their `flags`, from one read of the ledger."""
    if not hits:
        return []
    scope = Scope(where={"doc_id": sorted({hit.doc_id for hit in hits})})
    rows = LEDGER.rows(project.lake.read("ledger", scope, _COLUMNS, often=True))
    known = {row["doc_id"]: _flags(row, project.settings.thin) for row in rows}
    return [replace(hit, flags=known.get(hit.doc_id, ["stale"])) for hit in hits]


def _flags(row: LedgerRow, thin: Thin) -> list[str]:
    found = []
    if row["status"] != "ok" or row["indexed"] is None:
        found.append("stale")
    letters, read = row["letters"] or 0, row["element_letters"] or 0
    if letters >= thin.min_letters and read < thin.below_share * letters:
        found.append("thin")
    if row["quarantined"]:
        found.append("incomplete")
    return found
