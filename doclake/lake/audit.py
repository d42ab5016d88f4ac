"""Who did what, when, and to how many rows: by id, never by name, and without a word of a text."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, ids
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.audit import AUDIT, AuditRow
from doclake.tables.columns import TIMESTAMP
from doclake.tables.erased import ERASED
from doclake.tables.erasures import ERASURES
from doclake.tables.rows import strings

_NEVER = datetime.max.replace(tzinfo=UTC)


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
    add(lake, [row(action, source, subject_id, rows, by=by, reason=reason)])


def row(
    action: str,
    source: str,
    subject_id: str | None,
    rows: int,
    *,
    by: str | None = None,
    reason: str | None = None,
    asked_as: Sequence[str] | None = None,
    question: str | None = None,
) -> AuditRow:
    now, done_by = clock.now(), by or user()
    parts = (source, action, subject_id or "", str(rows), done_by, reason or "", now.isoformat())
    return {
        "source": source,
        "audit_id": ids.digest("audit", *parts),
        "action": action,
        "subject_id": subject_id,
        "row_count": rows,
        "done_by": done_by,
        "asked_as": None if asked_as is None else list(asked_as),
        "question": question,
        "reason": reason,
        "done_at": now,
    }


def add(lake: Lake, rows: Sequence[AuditRow]) -> None:
    """In one commit. Raises `LakeError`."""
    with locks.table(lake, AUDIT.name):
        lake.append(AUDIT.name, AUDIT.arrow(rows))


def add_asked(lake: Lake, rows: Sequence[AuditRow]) -> None:
    """Of questions that waited to be written. Those asked before the last erasure was over go
    without their text: it has looked for what it erases already, and did not see them. Raises
    `LakeError`."""
    with locks.table(lake, AUDIT.name):
        over = _erasing_until(lake) if any(row["question"] for row in rows) else None
        if over is not None:
            rows = [{**row, "question": None} if row["done_at"] <= over else row for row in rows]
        lake.append(AUDIT.name, AUDIT.arrow(rows))


def _erasing_until(lake: Lake) -> datetime | None:
    """When the last erasure of documents was over; the end of time while one is not."""
    ids_of_erasures = set(strings(lake.read(ERASED.name, columns=["erasure_id"])["erasure_id"]))
    scope = Scope(where={"erasure_id": ids_of_erasures})
    ends = lake.read(ERASURES.name, scope, ["completed_at"])["completed_at"].to_pylist()
    return max((end or _NEVER for end in ends), default=None)


def forget_questions(lake: Lake, mentions: Callable[[str], bool]) -> int:
    """Empty the questions that mention somebody; returns how many. Raises `LakeError`."""
    with locks.table(lake, AUDIT.name):
        rows = lake.read(AUDIT.name)
        asked = AUDIT.rows(rows.filter(pc.is_valid(rows["question"])))
        named = [row for row in asked if mentions(row["question"] or "")]
        for source in sorted({row["source"] for row in named}):
            emptied: list[AuditRow] = [
                {**row, "question": None} for row in named if row["source"] == source
            ]
            scope = Scope(source, where={"audit_id": [row["audit_id"] for row in emptied]})
            lake.replace(AUDIT.name, scope, AUDIT.arrow(emptied))
    return len(named)


def read(
    lake: Lake,
    source: str | None = None,
    actions: Collection[str] = (),
    since: datetime | None = None,
) -> pa.Table:
    """What was done in a source, or in all; of some actions, or of all; from a moment on. Rows of
    `audit`, the newest first."""
    rows = lake.read(AUDIT.name, Scope(source))
    if actions:
        rows = rows.filter(pc.is_in(rows["action"], pa.array(sorted(actions), pa.string())))
    if since is not None:
        rows = rows.filter(pc.greater_equal(rows["done_at"], pa.scalar(since, TIMESTAMP)))
    return rows.sort_by([("done_at", "descending"), ("audit_id", "ascending")])


def user() -> str:
    """Who runs this process, as the machine knows him."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container knows no name for its number
        return f"user {os.getuid()}"
