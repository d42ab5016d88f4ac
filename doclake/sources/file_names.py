"""Names of local files as text: every name has one valid UTF-8 spelling, which leads back to it.

Linux names are bytes. A byte that is not UTF-8 (a CP949 name unpacked from an old archive, say)
is spelled `\\xc6`; a backslash that would read as such a spelling is itself spelled `\\x5c`. All
other names stay exactly as they are. They are not normalised, because two files may differ in
their Unicode form alone.
"""

from __future__ import annotations

import re

_LOOKS_ESCAPED = re.compile(r"\\(?=x(?:5c|[89a-f][0-9a-f]))")
_ESCAPED = re.compile(rb"\\x(5c|[89a-f][0-9a-f])")


def to_text(name: str) -> str:
    """Valid UTF-8 text for a name from Python's file functions (surrogateescape)."""
    if "\\" in name:
        name = _LOOKS_ESCAPED.sub(r"\\x5c", name)
    if name.isascii():
        return name
    raw = name.encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "backslashreplace")


def from_text(text: str) -> str:
    """The name that `to_text` spelled, for Python's file functions."""
    if "\\x" not in text:
        return text
    raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text.encode("utf-8"))
    return raw.decode("utf-8", "surrogateescape")
