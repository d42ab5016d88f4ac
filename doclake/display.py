"""Names and messages as people see them: what would be obeyed instead of read is spelled out.

A name may hold escape sequences that a terminal obeys, marks that turn the order of letters round,
line feeds that begin a line of somebody else's, Markdown and HTML. Rows keep a name as it is.
"""

from __future__ import annotations

import re

_OBEYED = (
    r"\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
"""Controls, marks of direction, lone surrogates and what shows nothing. Without U+200C and U+200D,
with which Persian and emoji are spelled."""
_IN_A_LINE = re.compile(f"[{_OBEYED}]")
_IN_LINES = re.compile(f"(?![\n\t])[{_OBEYED}]")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|!#~&$]|:(?=//)")

_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|!#~&$:])")


def shown(text: str) -> str:
    r"""One line that a terminal only shows: an escape reads `\x1b`, a line feed `\n`."""
    return text if text.isascii() and text.isprintable() else _IN_A_LINE.sub(_spelled, text)


def shown_lines(text: str) -> str:
    """As `shown`, of a text whose line feeds and tabs are its own."""
    return _IN_LINES.sub(_spelled, text)


def in_markdown(text: str) -> str:
    """As `shown`, and Markdown and HTML read as they are written."""
    return _MARKDOWN.sub(r"\\\g<0>", shown(text))


def out_of_markdown(text: str) -> str:
    """A line that `in_markdown` made, as a person reads it."""
    return _ESCAPED.sub(r"\g<1>", text)


def number_of(number: int, one: str, many: str = "") -> str:
    """A number with what agrees with it: `1 document`, `1,200 documents`. `many` is `one` with an s
    unless it is given: `number_of(n, "row waits", "rows wait")`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def in_json(line: str) -> str:
    """A line of JSON that a terminal only shows; it means the same."""
    return _IN_A_LINE.sub(lambda match: _utf16(match[0]), line)


def _spelled(match: re.Match[str]) -> str:
    return repr(match[0])[1:-1]


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
