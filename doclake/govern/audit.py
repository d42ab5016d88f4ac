"""Who did what, when, and to how many rows: by id, never by name, and without a word of a text."""

from __future__ import annotations

import getpass
import os

from doclake import clock, ids
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.audit import AUDIT, AuditRow


def note(
    lake: Lake,
    *,
    action: str,
    source: str,
    subject_id: str | None = None,
    rows: int = 0,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Write that somebody, or the user of this machine, did something to so many rows of a source.
    Raises `LakeError`."""
    now, done_by = clock.now(), by or user()
    parts = (source, action, subject_id or "", str(rows), done_by, reason or "", now.isoformat())
    row: AuditRow = {
        "source": source,
        "audit_id": ids.digest("audit", *parts),
        "action": action,
        "subject_id": subject_id,
        "row_count": rows,
        "done_by": done_by,
        "reason": reason,
        "done_at": now,
    }
    scope = Scope(source, where={"audit_id": [row["audit_id"]]})
    lake.replace(AUDIT.name, scope, AUDIT.arrow([row]))


def user() -> str:
    """Who runs this process, as the machine knows him."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container knows no name for its number
        return f"user {os.getuid()}"
