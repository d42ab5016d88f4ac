"""An HTML preview: the picture of every page with the numbered boxes of its elements."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from html import escape
from typing import Any

import pyarrow as pa

from doclake.extract.model import PagePicture

COLOURS = {
    "Title": "#d62728",
    "NarrativeText": "#1f77b4",
    "ListItem": "#17becf",
    "Table": "#2ca02c",
    "Image": "#8c564b",
    "Code": "#7f7f7f",
    "Formula": "#bcbd22",
    "Caption": "#9467bd",
    "Footnote": "#e377c2",
    "Header": "#ff9896",
    "Footer": "#ff9896",
    "PageNumber": "#ffbb78",
    "FormField": "#ff7f0e",
    "Annotation": "#e6b800",
}
_OTHER = "#000000"
_SCALE = 1.5  # pixels of the screen for a point
_LARGEST = 4_000_000  # pixels of the screen; a larger page is shown smaller
_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;background:#f3f3f3;color:#222}
.legend span{display:inline-block;margin:0 .8rem .4rem 0}
.legend i{display:inline-block;width:1em;height:1em;margin-right:.3em;vertical-align:-.15em}
.page{position:relative;display:inline-block;margin:0 1rem 1rem 0;background:#fff;
 box-shadow:0 1px 4px #0004}
.page img{display:block}
.box{position:absolute;border:1.5px solid;box-sizing:border-box}
.box b{position:absolute;left:0;top:-1.1em;font-size:10px;line-height:1.1;color:#fff;padding:0 2px}
.box.hidden{border-style:dashed}
"""


def html_pages(name: str, pictures: Iterable[PagePicture], elements: pa.Table) -> str:
    """A self-contained HTML document. `elements` has at least these columns of `ELEMENTS`:
    `ordinal`, `type`, `text`, `page`, `box`, `hidden`. Elements without a box are left out."""
    names = ("ordinal", "type", "text", "page", "box", "hidden")
    by_page: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in elements.select(list(names)).to_pylist():
        if row["box"]:
            by_page[row["page"]].append(row)
    pages = "".join([_page(picture, by_page.get(picture.page, [])) for picture in pictures])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(name)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(name)}</h1>{_legend(by_page)}{pages}</html>"
    )


def _legend(by_page: dict[int, list[dict[str, Any]]]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for rows in by_page.values():
        for row in rows:
            counts[row["type"]] += 1
    entries = "".join(
        f'<span><i style="background:{COLOURS.get(kind, _OTHER)}"></i>{kind} {count}</span>'
        for kind, count in sorted(counts.items(), key=lambda item: -item[1])
    )
    return f'<p class="legend">{entries}<span>dashed: hidden from readers</span></p>'


def _page(picture: PagePicture, rows: list[dict[str, Any]]) -> str:
    """As large as the page is in points, however many pixels its picture has."""
    area = max(picture.width * picture.height, 1.0)
    scale = min(_SCALE, (_LARGEST / area) ** 0.5)
    size = f"width:{picture.width * scale:.0f}px;height:{picture.height * scale:.0f}px"
    encoded = base64.b64encode(picture.data).decode("ascii")
    boxes = "".join([_box(row, scale) for row in rows])
    return (
        f'<div class="page" style="{size}"><img alt="page {picture.page}" style="{size}"'
        f' src="data:image/png;base64,{encoded}">{boxes}</div>'
    )


def _box(row: dict[str, Any], scale: float) -> str:
    x0, y0, x1, y1 = (row["box"][edge] * scale for edge in ("x0", "y0", "x1", "y1"))
    colour = COLOURS.get(row["type"], _OTHER)
    style = f"left:{x0:.0f}px;top:{y0:.0f}px;width:{x1 - x0:.0f}px;height:{y1 - y0:.0f}px"
    title = escape(f"{row['type']}: {row['text'][:300]}", quote=True)
    hidden = " hidden" if row["hidden"] else ""
    return (
        f'<div class="box{hidden}" style="{style};border-color:{colour}" title="{title}">'
        f'<b style="background:{colour}">{row["ordinal"]}</b></div>'
    )
