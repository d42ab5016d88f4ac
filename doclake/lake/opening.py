"""Opening a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.errors import LakeError
from doclake.errors.foreign import in_words

if TYPE_CHECKING:
    from deltalake import DeltaTable


def opened(name: str, url: str, kept: DeltaTable | None = None) -> DeltaTable | None:
    """The table as it is now, `kept` brought up to date if it is given; None before the first
    write. Raises `LakeError`."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        if kept is not None:
            kept.update_incremental()
            return kept
        return DeltaTable(url)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        raise LakeError(
            f"The table {name} cannot be opened: {in_words(error)}.",
            mend="`doclake doctor` names what is damaged, and what to do about it.",
            table=name,
        ) from error
