"""Elements as Markdown, to read or to hand on. Furniture and hidden text are left out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

_LEFT_OUT = frozenset({"Header", "Footer", "PageNumber", "Metadata"})


def to_markdown(elements: pa.Table) -> str:
    """Markdown of one document. `elements` follows `schemas.ELEMENTS`, in reading order.

    A table with spanning cells stays HTML, which Markdown allows and pipes cannot say.
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
            indent = "  " * max((row["level"] or 1) - 1, 0)
            return f"{indent}- {' '.join(text.lstrip('-•*·').split())}"
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

    rows = [
        [
            " ".join(cell.text_content().split()).replace("|", "\\|")
            for cell in line.iter("th", "td")
        ]
        for line in lxml.html.fromstring(html).iter("tr")
    ]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return text
    padded = [row + [""] * (width - len(row)) for row in rows]
    lines = [padded[0], ["---"] * width, *padded[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
