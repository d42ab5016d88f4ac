"""Who may read an object of S3, by its tags.

    doclake-access    user:kim group:finance       without it, all whom the source allows
    doclake-deny      group:interns                wins over every `doclake-access`

Names stand with blanks between them: a value of a tag may hold `+`, which names may hold too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from doclake.access import EVERYONE, Readers, principal
from doclake.display import shown

ALLOW, DENY = "doclake-access", "doclake-deny"
_OURS = "doclake"


def readers(tags: Iterable[Mapping[str, str]]) -> Readers | None:
    """By the `TagSet` of an object; None if none of its tags is for Doclake. Raises `ValueError`,
    which says what is wrong and what was expected."""
    lists = {}
    for tag in tags:
        key = tag["Key"]
        if key in (ALLOW, DENY):
            lists[key] = frozenset(_names(key, tag["Value"]))
        elif key.strip().lower().startswith(_OURS):
            raise ValueError(f"the tag {shown(key)[:80]!r}; expected: {ALLOW} or {DENY}")
    if not lists:
        return None
    return Readers(lists.get(ALLOW, frozenset([EVERYONE])), lists.get(DENY, frozenset()))


def _names(key: str, value: str) -> Iterable[str]:
    for name in value.split(" "):
        if name:
            try:
                yield principal(name)
            except ValueError as error:
                raise ValueError(f"{ascii(name)[:80]} in {key}; expected: {error}") from None
