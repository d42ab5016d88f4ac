"""Commits to Delta tables: lost races are tried again, missing columns are added."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from doclake.errors import LakeConflict, LakeError
from doclake.errors.foreign import in_words
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable


COMMIT_ATTEMPTS = 12


def add_missing_columns(name: str, table: DeltaTable) -> None:
    """Give a table of an older Doclake the columns it lacks, empty. One with columns that are no
    longer known waits for an upgrade, which fills those in."""
    from deltalake import Schema

    def missing() -> set[str]:
        stored, known = {f.name for f in table.schema().fields}, set(TABLES[name].schema.names)
        return known - stored if stored <= known else set()

    def add() -> None:
        table.update_incremental()  # another process may have been first
        if names := missing():
            wanted = Schema.from_arrow(TABLES[name].schema).fields
            table.alter.add_columns([field for field in wanted if field.name in names])

    if missing():
        commit(name, add)


def commit(name: str, write: Callable[[], None]) -> None:
    """Run a commit. A lost race is tried again with random back-off; raises `LakeError`."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    retrying = Retrying(
        retry=retry_if_exception_type(CommitFailedError),
        wait=wait_random_exponential(multiplier=0.05, max=5),
        stop=stop_after_attempt(COMMIT_ATTEMPTS),
        reraise=True,
    )
    try:
        retrying(write)
    except CommitFailedError as error:
        raise LakeConflict(
            f"{COMMIT_ATTEMPTS} commits to {name} lost to other writers: {in_words(error)}.",
            mend="Run again when fewer runs write the same partition.",
            table=name,
        ) from error
    except (DeltaError, OSError) as error:
        raise LakeError(
            f"The table {name} cannot be written: {in_words(error)}.",
            mend="Check free space and permissions of the lake, then run again.",
            table=name,
        ) from error
