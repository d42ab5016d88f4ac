"""Principals, and what the index stores in place of their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from doclake import display
from doclake.errors import SettingsError
from doclake.ids import digest

EVERYONE = "everyone"
LONGEST = 500


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


@dataclass(frozen=True)
class Asker:
    """Who asks: `everyone`, the names given, and every group that one of them belongs to."""

    names: frozenset[str]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(map(access_key, self.names))
