"""Elements as Markdown, for people and for other programs, without furniture and hidden text."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

_NUMBERED = re.compile(r"\d{1,9}[.)] ")
_LEFT_OUT = frozenset({"Header", "Footer", "PageNumber", "Navigation", "Metadata"})


def to_markdown(elements: pa.Table) -> str:
    """Markdown of one document. `elements` follows `ELEMENTS`, in reading order.

    A table with spans stays HTML: Markdown allows it, and a pipe table has no spans.
    """
    blocks: list[str] = []
    in_list = False
    for row in elements.to_pylist():
        if row["type"] in _LEFT_OUT or row["hidden"] or not row["text"].strip():
            continue
        item = row["type"] == "ListItem"
        text = _block(row)
        if item and in_list:
            blocks[-1] += f"\n{text}"
        else:
            blocks.append(text)
        in_list = item
    return "\n\n".join(blocks) + "\n"


def _block(row: dict[str, Any]) -> str:
    text = row["text"].strip()
    match row["type"]:
        case "Title":
            return f"{'#' * min(row['level'] or 1, 6)} {' '.join(text.split())}"
        case "ListItem":
            indent = "    " * max((row["level"] or 1) - 1, 0)
            text = " ".join(text.lstrip("-•*·").split())
            return f"{indent}{text}" if _NUMBERED.match(text) else f"{indent}- {text}"
        case "Table":
            return _table(row["html"], text)
        case "Code":
            return f"```\n{row['text'].rstrip()}\n```"
        case "Footnote" | "Annotation":
            return f"> {' '.join(text.split())}"
        case "Caption":
            return f"*{' '.join(text.split())}*"
        case "Image":
            return f"![{' '.join(text.split())}]()"
    return text


def _table(html: str | None, text: str) -> str:
    if not html:
        return text
    if "colspan" in html or "rowspan" in html:
        return html
    import lxml.html

    root = lxml.html.fromstring(html.replace("<br>", "\n"))
    rows = [
        [_cell(cell.text_content()) for cell in row.iter("th", "td")] for row in root.iter("tr")
    ]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return text
    padded = [row + [""] * (width - len(row)) for row in rows]
    lines = [padded[0], ["---"] * width, *padded[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(text: str) -> str:
    """A cell on one line, with `<br>` between its own lines, as GitHub's Markdown allows."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "<br>".join(filter(None, lines)).replace("|", "\\|")
