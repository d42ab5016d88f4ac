"""Runs of text set raised or lowered, until what stands around them is known.

Readers of run after run wrap such text in `superscript` or `subscript`; `spelled`, which
`cleaning.clean` calls, joins the runs that touch and writes them out by the rules of `raised`.
"""

from __future__ import annotations

import re

from doclake.extract.text.raised import lowered, raised

_UP, _UP_END, _DOWN, _DOWN_END = "\x0e", "\x0f", "\x10", "\x11"  # controls that no text holds
_WRAPPED = re.compile(f"{_UP}([^{_UP_END}]*){_UP_END}|{_DOWN}([^{_DOWN_END}]*){_DOWN_END}")
_FRACTION = (f"/{_DOWN}", f"⁄{_DOWN}")


def superscript(text: str) -> str:
    return f"{_UP}{text}{_UP_END}" if text.strip() else text


def subscript(text: str) -> str:
    return f"{_DOWN}{text}{_DOWN_END}" if text.strip() else text


def spelled(text: str) -> str:
    """The text with its raised and lowered runs written out."""
    if _UP not in text and _DOWN not in text:
        return text
    text = text.replace(_UP_END + _UP, "").replace(_DOWN_END + _DOWN, "")
    written = ""
    end = 0
    for match in _WRAPPED.finditer(text):
        written += text[end : match.start()]
        end = match.end()
        up, down = match[1], match[2]
        if up is None:
            shown = lowered(written, down)
        elif text.startswith(_FRACTION, end):
            shown = f" {up.strip()}" if written[-1:].isdigit() else up.strip()
        else:
            shown = raised(written, up)
        inner = up if up is not None else down
        apart = inner[-1:].isspace() or (shown[-1:].isdigit() and text[end : end + 1].isdigit())
        written += f"{shown} " if apart else shown
    return written + text[end:]
