"""Principals, and what the index stores in place of their names."""

from __future__ import annotations

import unicodedata

from doclake.ids import digest

EVERYONE = "everyone"


def access_key(principal: str) -> str:
    """What the index filters by in place of a principal's name."""
    return digest("principal", unicodedata.normalize("NFC", principal), size=8)
