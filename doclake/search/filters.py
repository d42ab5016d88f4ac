"""Who may see what: the filter of every search."""

from __future__ import annotations

from collections.abc import Iterable

from doclake import access
from doclake.access import EVERYONE
from doclake.lake.scope import Scope


def access_filter(principals: Iterable[str], source: str | None = None) -> str:
    """Filter of what the principals may see. Holds digests and identifiers only, never a name.

    Lance reads a backslash in a string literal as an escape, so a quoted name could break out of
    its literal; a digest cannot.
    """
    keys = sorted({access.access_key(principal) for principal in (EVERYONE, *principals)})
    listed = ", ".join(f"'{key}'" for key in keys)
    allowed = f"array_has_any(access_keys, [{listed}])"
    return f"{allowed} AND {Scope(source).sql()}" if source else allowed
