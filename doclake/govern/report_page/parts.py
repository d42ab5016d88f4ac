"""Pieces of HTML: headings, tables, tiles. What they are given is text, and is escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import NamedTuple

from doclake.display import shown

SHOWN = 50
"""Rows of a table."""


class Cell(NamedTuple):
    """A cell in a colour: `good`, `odd` or `bad`."""

    text: str
    colour: str


def plain(text: str) -> str:
    return escape(shown(text))


def _words(text: str) -> str:
    """Commands stand between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", plain(text))


def section(name: str, title: str, about: str, *parts: str) -> str:
    body = "\n".join(part for part in parts if part)
    return (
        f'<section id="{name}"><h2>{plain(title)}</h2><p class="quiet">{_words(about)}</p>\n'
        f"{body}</section>"
    )


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    *,
    numbers: Sequence[str] = (),
    nothing: str = "None.",
) -> str:
    """A table, its columns of `numbers` to the right; what there is if it has no row."""
    if not rows:
        return f"<p>{plain(nothing)}</p>"
    classes = [' class="number"' if name in numbers else "" for name in headings]
    head = "".join(f"<th{c}>{plain(n)}</th>" for c, n in zip(classes, headings, strict=True))
    lines = [
        "<tr>" + "".join(_cell(*one) for one in zip(row, classes, strict=True)) + "</tr>"
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(
            f'<tr><td colspan="{len(headings)}">… and {len(rows) - SHOWN:,} more</td></tr>'
        )
    body = "\n".join(lines)
    table_of = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{table_of}</div>'


def _cell(cell: str | Cell, of_column: str) -> str:
    if isinstance(cell, Cell):
        return f'<td{of_column}><span class="{cell.colour}">{_words(cell.text)}</span></td>'
    return f"<td{of_column}>{_words(cell)}</td>"


def tiles(values: Mapping[str, str | Cell]) -> str:
    parts = []
    for name, value in values.items():
        text, colour = value if isinstance(value, Cell) else (value, "")
        parts.append(f'<div class="tile"><b class="{colour}">{plain(text)}</b>{plain(name)}</div>')
    return f'<div class="tiles">{"".join(parts)}</div>'


def pictures(*drawings: str) -> str:
    """Side by side where there is room."""
    return f'<div class="pictures">{"".join(drawings)}</div>'


def percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def lasting(time: timedelta | float | None) -> str:
    """A time, for people: 40 s, 12 min, 3.5 h, 4 days."""
    if time is None:
        return ""
    seconds = time.total_seconds() if isinstance(time, timedelta) else time
    for size, unit, least in ((86_400, "days", 2), (3_600, "h", 1), (60, "min", 1)):
        if seconds >= size * least:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def such_as(paths: Sequence[str], most: int = 3) -> str:
    more = f" and {len(paths) - most:,} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more
