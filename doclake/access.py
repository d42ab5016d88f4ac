"""Principals, whom a document lets read it, and what the index stores in place of their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from doclake import display
from doclake.errors import SettingsError
from doclake.ids import digest

EVERYONE = "everyone"
LONGEST = 500


class Readers(NamedTuple):
    """Who may read a document, as a place says or as rows hold it: whom `allow` names, but nobody
    whom `deny` names. In what a place says, `everyone` means all whom the source allows."""

    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allow: Iterable[str] | None, deny: Iterable[str] | None) -> Readers:
        """From columns of a row; null names nobody."""
        return cls(frozenset(allow or ()), frozenset(deny or ()))


NOBODY = Readers()


def narrowed(one: Readers | None, other: Readers | None) -> Readers | None:
    """Those who are sure to pass both. None says nothing and so narrows nothing.

    Whom two lists name together no list can say if the names differ, such as a person and a group.
    So a name has to stand in both.
    """
    if one is None or other is None:
        return other if one is None else one
    if EVERYONE in one.allow:
        allow = other.allow
    else:
        allow = one.allow if EVERYONE in other.allow else one.allow & other.allow
    return Readers(allow, one.deny | other.deny)


def of_source(said: Collection[str] | None, cap: Iterable[str]) -> frozenset[str]:
    """The access list of a document: what its place says, or the list of its source, which caps it:
    `everyone` of a place is everyone whom the source allows."""
    return frozenset(cap) if said is None or EVERYONE in said else frozenset(said)


def principal(name: object) -> str:
    """The name of a principal in NFC; raises `ValueError`, which says what it ought to be."""
    if not isinstance(name, str):
        raise ValueError("the name of a principal, such as group:finance")
    if not name.strip() or name != name.strip():
        raise ValueError("a name that is not blank and has no blanks at its ends")
    if display.shown(name) != name:
        raise ValueError("a name without control characters and marks that show nothing")
    if len(name) > LONGEST:
        raise ValueError(f"a name of at most {LONGEST} characters")
    return unicodedata.normalize("NFC", name)


def principals(names: Iterable[object]) -> tuple[str, ...]:
    """Who asks, each checked as `principal` says; raises `SettingsError`."""
    if not isinstance(names, Iterable) or isinstance(names, str | bytes | Mapping):
        raise _not_a_principal(names, "a list of principals, such as ['group:finance']")
    checked = []
    for name in names:
        try:
            checked.append(principal(name))
        except ValueError as error:
            raise _not_a_principal(name, str(error)) from None
    return tuple(checked)


def _not_a_principal(found: object, expected: str) -> SettingsError:
    shown = ascii(found)[:80]
    return SettingsError(
        f"{shown} is no principal; expected: {expected}.",
        problems=[("principals", shown, expected)],
    )


def access_key(principal: str) -> str:
    """What the index filters by in place of a principal's name."""
    return digest("principal", unicodedata.normalize("NFC", principal), size=8)


def denied_key(principal: str) -> str:
    """The same of somebody who is denied, among the keys of those who are allowed. No name has a
    key that is another's denial."""
    return digest("denied principal", unicodedata.normalize("NFC", principal), size=8)


def keys(allow: Iterable[str] | None, deny: Iterable[str] | None) -> list[str]:
    """The keys of a row of the index. Null names nobody."""
    return [*map(access_key, allow or ()), *map(denied_key, deny or ())]


@dataclass(frozen=True)
class Asker:
    """Who asks: `everyone`, the names given, and every group that one of them belongs to."""

    names: frozenset[str]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(map(access_key, self.names))

    @cached_property
    def denied_keys(self) -> frozenset[str]:
        """One of these in a row denies it to the asker."""
        return frozenset(map(denied_key, self.names))
