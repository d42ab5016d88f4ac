"""Names of other places as parts of a path, and back: keys, folders of mail, titles."""

from __future__ import annotations

import re
from urllib.parse import unquote

_KEPT_APART = re.compile(r"[%/\\\x00-\x1f\x7f]|^[.~_]")
"""What a part of a path cannot hold or would be left out for: a leading dot hides a file."""


def to_name(text: str) -> str:
    """`A/B` becomes `A%2FB`; letters of any script stay as they are."""
    return _KEPT_APART.sub(lambda found: f"%{ord(found[0]):02X}", text)


def from_name(name: str) -> str:
    """The inverse of `to_name`."""
    return unquote(name, errors="strict")
