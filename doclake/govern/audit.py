"""Who did what to rows, when and why. Nothing deletes a note."""

from __future__ import annotations

import uuid

from doclake import clock
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.audit import AUDIT, AuditNote


def note(
    lake: Lake,
    *,
    action: str,
    source: str,
    subject_id: str | None,
    rows: int,
    by: str,
    reason: str | None,
) -> None:
    """Write down that somebody did something. Raises `LakeError`."""
    row = AuditNote(
        source=source,
        note_id=uuid.uuid4().hex,
        action=action,
        subject_id=subject_id,
        row_count=rows,
        done_by=by,
        reason=reason,
        noted_at=clock.now(),
    )
    lake.replace("audit", Scope(source, where={"note_id": [row["note_id"]]}), AUDIT.arrow([row]))
