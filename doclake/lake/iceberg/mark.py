"""Which commit of Delta an Iceberg table shows: each snapshot says it in its summary."""

from __future__ import annotations

import json
from collections.abc import Mapping

from doclake.lake import beside
from doclake.lake.iceberg import home
from doclake.lake.lake import Lake
from doclake.lake.watermark import Watermark

VERSION, TABLE_ID, FILES = "delta.version", "delta.table-id", "delta.files"


def marks(commit: Watermark) -> dict[str, str]:
    """As properties of a snapshot."""
    return {
        VERSION: str(commit.version),
        TABLE_ID: commit.table_id or "",
        FILES: commit.files or "",
    }


def of_summary(summary: Mapping[str, str]) -> Watermark:
    """The commit that a snapshot shows. Raises `KeyError` where its summary does not say it."""
    return Watermark(summary[TABLE_ID], int(summary[VERSION]), summary[FILES])


def is_in_step(shown: Watermark | None, now: Watermark) -> bool:
    """Whether both are of the same files: a commit need not change any, as those of a vacuum."""
    return shown is not None and (shown.table_id, shown.files) == (now.table_id, now.files)


def shown(lake: Lake, name: str) -> Watermark | None:
    """The commit that an Iceberg table shows; None if there is no such table, or it cannot be read.
    Needs no pyiceberg: metadata is JSON."""
    metadata = home.metadata_of(lake, name)
    if metadata is None:
        return None
    files, root = beside.opened(lake, f"{home.FOLDER}/{name}/metadata")
    try:
        known = json.loads(files.cat_file(f"{root}/{metadata.rsplit('/', 1)[-1]}"))
        (summary,) = [
            one["summary"]
            for one in known["snapshots"]
            if one["snapshot-id"] == known["current-snapshot-id"]
        ]
        return of_summary(summary)
    except (OSError, ValueError, KeyError, TypeError):
        return None
