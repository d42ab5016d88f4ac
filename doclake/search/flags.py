"""What speaks against a passage that was found: what the ledger says of its document, what it says
itself, and what steps of curation say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from doclake import clock
from doclake.lake.scope import Scope
from doclake.personal.detector import find
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.signals import judged_by
from doclake.search.suspicion import SUSPICIOUS, suspicious_ids
from doclake.settings.operations import Thin
from doclake.tables.ledger import LEDGER, LedgerRow

_COLUMNS = (
    "source",
    "bucket",
    "root_id",
    "doc_id",
    "status",
    "indexed",
    "letters",
    "element_letters",
    "quarantined",
    "personal_kinds",
)


def flags(project: Project, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with their `flags`, from one read of the ledger, and one of the signals of curation
    where the settings show any."""
    if not hits:
        return []
    scope = Scope(where={"doc_id": sorted({hit.doc_id for hit in hits})})
    rows = LEDGER.rows(project.lake.read("ledger", scope, _COLUMNS, often=True))
    known = {row["doc_id"]: row for row in rows}
    thin, suspicious = project.settings.thin, suspicious_ids(project, hits)
    judged, now = judged_by(project, hits, rows), clock.now()
    return [
        replace(hit, flags=[*found, *_age(project, hit, now), *said, *judged.get(hit.chunk_id, ())])
        for hit in hits
        for row in [known.get(hit.doc_id)]
        for found in [_flags(row, hit.text, thin) if row is not None else ["stale"]]
        for said in [[SUSPICIOUS] if hit.chunk_id in suspicious else []]
    ]


def _age(project: Project, hit: Hit, now: datetime) -> list[str]:
    """By the date of its document, at the moment of the question."""
    source = project.settings.sources.get(hit.source)
    limit = source.stale_after if source else None
    return ["outdated"] if limit and hit.date and now - hit.date > limit else []


def _flags(row: LedgerRow, text: str, thin: Thin) -> list[str]:
    found = []
    if row["status"] != "ok" or row["indexed"] is None:
        found.append("stale")
    letters, read = row["letters"] or 0, row["element_letters"] or 0
    if letters >= thin.min_letters and read < thin.below_share * letters:
        found.append("thin")
    if row["quarantined"]:
        found.append("incomplete")
    if _holds_personal_data(row, text):
        found.append("personal_data")
    return found


def _holds_personal_data(row: LedgerRow, text: str) -> bool:
    """Whether a passage holds any of what was flagged in its document."""
    flagged = {
        kind
        for kind, _, action in (done.partition(":") for done in row["personal_kinds"] or ())
        if action == "flag"
    }
    return bool(flagged) and any(finding.kind in flagged for finding in find(text))
