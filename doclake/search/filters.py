"""Who may see what: the filter of every search.

A row is seen by those whom its own list allows, and of these only by those whom the settings allow
now. So a list that was narrowed closes its source before any run has come to the rows, and rows of
a source that the settings do not name are closed to everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from doclake import access
from doclake.access import EVERYONE, access_key
from doclake.lake.scope import Scope


def access_filter(
    principals: Iterable[str], lists: Mapping[str, Sequence[str]], source: str | None = None
) -> str:
    """Filter of what the principals may see, in one source or in all. Raises `SettingsError` for
    what is no name.

    `lists` are the access lists of the sources as they are configured now. The filter holds digests
    and identifiers only, never a name: Lance reads a backslash in a string literal as an escape, so
    a quoted name could break out of its literal; a digest cannot.
    """
    keys = {access_key(name) for name in (EVERYONE, *access.principals(principals))}
    names = lists if source is None else {source} & lists.keys()
    is_open = sorted(name for name in names if keys & {access_key(p) for p in lists[name]})
    listed = ", ".join(f"'{key}'" for key in sorted(keys))
    return f"array_has_any(access_keys, [{listed}]) AND {Scope(where={'source': is_open}).sql()}"
