"""Long regular expressions, written in several lines."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\n *")


def joined(lines: str) -> str:
    """An expression without its line breaks and what is indented by."""
    return _BREAK.sub("", lines)


def expression(lines: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(joined(lines), flags)
