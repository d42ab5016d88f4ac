"""The error for a name that is none of those there are."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from doclake.errors.project import SettingsError


def unknown(
    kind: str, name: str, known: Collection[str], key: str, *, none: str = "none", mend: str = ""
) -> SettingsError:
    """Names the one that may be meant and all there are, or says `none`. `kind` is one word; `key`
    is what took the name."""
    there = ", ".join(known) or none
    meant = get_close_matches(name, known, n=1)
    asked = f"; did you mean {meant[0]}?" if meant else "."
    return SettingsError(
        f"No {kind} {name}{asked} {kind.capitalize()}s: {there}.",
        mend=mend,
        problems=[(key, name, there)],
    )
