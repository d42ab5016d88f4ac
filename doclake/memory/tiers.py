"""Where a memory belongs, by how often it was of use, how important it is and what it costs to
search: each memory in sight makes every recall longer, and the right one harder to see.

Episodes begin in `working`. What was of use there often enough, or is important, moves to
`long_term`. What is neither, and was of no use for long, goes to the `archive`, which only those
search who ask for it. Nothing moves out of `pinned` by itself, and use brings back what was put
away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from doclake.settings import MemorySettings
from doclake.tables.memories import MemoryRow

OFTEN = 3
"""Uses after which an episode is kept for long."""
IMPORTANT = 0.8
"""From here on a memory is kept for long, and never put away."""
SETTLED = timedelta(days=7)
"""Age at which an episode that was of use leaves `working`."""


def tier_of(row: MemoryRow, now: datetime, settings: MemorySettings) -> str:
    """The tier that a memory belongs to now."""
    idle = now - max(row["used_at"] or row["recorded_at"], row["recorded_at"])
    is_worth_keeping = row["importance"] >= IMPORTANT or row["uses"] >= OFTEN
    if row["tier"] == "pinned":
        return "pinned"
    if idle > settings.archive_after and row["importance"] < IMPORTANT:
        return "archive"
    if row["tier"] == "archive":
        return "long_term" if row["used_at"] and idle <= settings.archive_after else "archive"
    if row["tier"] == "working" and is_worth_keeping and now - row["recorded_at"] > SETTLED:
        return "long_term"
    return row["tier"]
