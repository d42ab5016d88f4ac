"""Up to which commit a reader follows a table of the lake.

The number of a commit does not name it: a table restored from a back-up counts on from an older
one. So a watermark also knows which files the commit left in the table. Their names are never used
twice, and Delta can tell them for as long as it can tell what changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from doclake import ids
from doclake.errors import LakeError
from doclake.errors.foreign import in_words
from doclake.lake.lake import Lake
from doclake.lake.slices import partitions_of

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True)
class Watermark:
    """A commit of a table: `files` is a digest of the files that it left in the table.

    The watermark of a table before its first write has neither an id nor files. One that an older
    Doclake stored has an id and no files (`is_vague`).
    """

    table_id: str | None = None
    version: int = -1
    files: str | None = None

    @property
    def is_vague(self) -> bool:
        return self.table_id is not None and self.files is None


def watermark(lake: Lake, name: str) -> Watermark:
    """The last commit of a table."""
    table = lake.open(name)
    return Watermark() if table is None else of_table(table)


def changed_since(lake: Lake, name: str, mark: Watermark) -> set[tuple[str, str]]:
    """(source, bucket) of every row changed after a commit.

    Raises `LakeError` if that cannot be told: the table has no such commit, or its change feed no
    longer reaches back that far. A vague watermark is taken at its number.
    """
    now = watermark(lake, name)
    if now.table_id != mark.table_id:
        raise LakeError(f"The table {name} is not the one that the index followed.")
    if now == mark:
        return set()
    goes_on = now.version >= mark.version and (
        mark.is_vague or at(lake, name, mark.version) == mark
    )
    if not goes_on:
        raise LakeError(f"The table {name} was put back: it has not the commit that was followed.")
    return changed_partitions(lake, name, mark.version)


def changed_partitions(lake: Lake, name: str, since: int) -> set[tuple[str, str]]:
    """(source, bucket) of every row changed after version `since`, from the change feed.

    Raises `LakeError` when the feed no longer reaches back that far (after a vacuum).
    """
    from deltalake.exceptions import DeltaError

    table = lake.open(name)
    if table is None or table.version() <= since:
        return set()
    try:
        feed = table.load_cdf(starting_version=since + 1, columns=["source", "bucket"])
        return partitions_of(pa.table(feed))
    except (DeltaError, OSError, ValueError) as error:
        raise LakeError(f"The change feed of {name} has a gap: {in_words(error)}.") from error


def at(lake: Lake, name: str, version: int) -> Watermark:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return of_table(DeltaTable(lake.table_url(name), version=version))
    except (DeltaError, OSError) as error:
        raise LakeError(f"The log of {name} has a gap: {in_words(error)}.") from error


def of_table(table: DeltaTable) -> Watermark:
    """The commit that a table was opened at."""
    files = sorted(uri.rpartition("/")[2] for uri in table.file_uris())
    return Watermark(str(table.metadata().id), table.version(), ids.digest("files", *files))
