"""From the tree of a page to elements: one pass, no recursion, a context for each open element."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from doclake.extract.builder import Blocks
from doclake.extract.formats.html import data_tables, inline, menus, style_sheets
from doclake.extract.formats.html.layout_tables import Layouts
from doclake.extract.formats.html.lists import List
from doclake.extract.formats.html.open_element import Context, structure
from doclake.extract.formats.html.regions import Regions
from doclake.extract.formats.html.visibility import PLAIN, Look, Styles
from doclake.extract.formats.html.vocabulary import BLOCKS, REGIONS, SKIPPED
from doclake.extract.model import ElementType
from doclake.extract.text.cleaning import clean

_TITLE_PARTS = re.compile(r"\s+[-–—|:>·»]+\s+")
_PICTURE = 2_000  # letters of an address that holds a picture, larger than an icon
_SPACE = re.compile(r"[ \t\r\n\f]+")


class _Walk:
    def __init__(
        self, blocks: Blocks, styles: Styles, layouts: Layouts, regions: Regions | None
    ) -> None:
        self.blocks = blocks
        self.layouts = layouts
        self.styles = styles
        self.regions = regions
        self.facts: dict[str, Any] = {}
        self.title: str | None = None
        self.after_main = False
        self._pieces: list[str] = []
        self._links: dict[str, None] = {}
        self._link: str | None = None
        self._images: list[str] = []
        self._unseen: list[tuple[Context, list[str]]] = []
        self._shown_before = 0
        self._context = Context()
        self._lists: dict[int, List] = {}
        self._marker = ""
        self._items: dict[int, int] = {}
        self._linked = 0
        self.link_share: dict[int, float] = {}

    def text(self, context: Context, text: str) -> None:
        if context.hidden:
            self._hide(context, _SPACE.sub(" ", text))
            return
        now, before = context, self._context
        same = (now.region, now.kind) == (before.region, before.kind)
        if not same and not text.isspace():
            self.flush()
        self._context = context if not text.isspace() or not self._pieces else self._context
        self._part_links(context, text)
        self._pieces.append(_SPACE.sub(" ", text))
        if context.href and not text.isspace():
            self._links[context.href] = None
        if context.href is not None:
            self._linked += len(text.strip())

    def _part_links(self, context: Context, text: str) -> None:
        """Links of a menu follow each other without a space: style sheets move them apart."""
        before, self._link = self._link, context.href
        other = before != self._link or self._link in ("", "#")
        touch = self._pieces and not (self._pieces[-1][-1:].isspace() or text[:1].isspace())
        if touch and other and None not in (before, self._link):
            self._pieces.append(" ")

    def _hide(self, context: Context, text: str) -> None:
        """Hidden words inside a paragraph do not end it; visible text between them parts them."""
        apart, self._shown_before = len(self._pieces) != self._shown_before, len(self._pieces)
        if self._unseen and self._unseen[-1][0].hidden == context.hidden:
            self._unseen[-1][1].append(f" {text}" if apart else text)
        elif not text.isspace():
            self._unseen.append((context, [text]))

    def line_break(self, context: Context) -> None:
        if context.hidden:
            self._hide(context, "\n")
        else:
            self._pieces.append("\n")

    def image(self, alt: str) -> None:
        self._images.append(alt)

    def flush(self) -> int | None:
        """End the paragraph: the gathered text becomes one element."""
        text = "".join(self._pieces)
        index = self._add(self._context, text) if text.strip() else None
        if index is not None and self._linked:
            self.link_share[index] = self._linked / len(self.blocks.elements[index].text)
        self._pieces.clear()
        self._links.clear()
        self._linked = 0
        for alt in self._images:
            if self.add("Image", alt, self._context) is None:
                self.blocks.add_picture(**self.facts)
        self._images.clear()
        for context, pieces in self._unseen:
            links = (context.href,) if context.href else ()
            self.add(context.kind, "".join(pieces), context, links=links)
        self._unseen.clear()
        return index

    def _add(self, context: Context, text: str) -> int | None:
        kind = context.kind
        if kind == "ListItem" and self._marker:
            text, self._marker = f"{self._marker} {text.lstrip()}", ""
        return self.add(kind, text, context, links=tuple(self._links))

    def add(self, kind: ElementType, text: str, context: Context, **facts: Any) -> int | None:
        level = context.level if kind in ("Title", "ListItem") else None
        region = context.region
        if context.outside_main and not region:
            region = "Footer" if self.after_main else "Header"
        if region and not self._is_page_title(context, region, text):
            kind, level = region, None
        parent = self._items.get((level or 1) - 1) if kind == "ListItem" else None
        facts |= {"level": level, "hidden": context.hidden, "parent": parent}
        index = self.blocks.add(kind, text, **facts, **self.facts)
        if kind == "ListItem" and level and index is not None:
            self._items[level] = index
        return index

    def _is_page_title(self, context: Context, region: str, text: str) -> bool:
        """Whether it is the title that templates put above the content. The name of the site stands
        there too, but as the shorter part of the title."""
        if context.kind != "Title" or region != "Header" or not self.title:
            return False
        parts = sorted(_TITLE_PARTS.split(self.title), key=len)
        return clean(text, lines=False) in (self.title, parts[-1].strip())

    def open(self, node: Any, tag: str, context: Context) -> Context | None:
        """The context for the inside of an element; None if the inside is done already."""
        attributes = node.attributes
        if tag in BLOCKS:
            self.flush()
        inner = self._inherit(node, tag, attributes, context)
        if self._read_whole(node, tag, inner):
            return None
        if tag == "br":
            self.line_break(inner)
        elif tag == "img":
            alt = clean(attributes.get("alt") or "", lines=False)
            embedded = len(attributes.get("src") or "") > _PICTURE
            if (len(alt) > 1 or embedded) and inner.look.shows_pictures:
                self.image(alt)
        elif tag == "input":
            self._field(attributes, inner)
        return inner

    def _read_whole(self, node: Any, tag: str, context: Context) -> bool:
        """Read an element with all that is in it; False for one that is entered."""
        if tag == "pre":
            self.add("Code", data_tables.raw_text(node), context)
        elif tag == "table" and not self.layouts.is_layout(node):
            self._table(node, context)
        elif tag == "svg":
            if context.look.shows_pictures and (label := inline.drawn_text(node)):
                self.image(label)
        elif tag in inline.READ:
            written = inline.read(node, "".join(self._pieces[-8:]))
            if written is None:
                return False
            self._links.update(dict.fromkeys(inline.links(node)) if not context.hidden else {})
            self.text(replace(context, href=None), written)
        else:
            return tag == "a" and context.kind == "Title" and inline.is_permalink(node)
        return True

    def _inherit(self, node: Any, tag: str, attributes: dict[str, Any], outer: Context) -> Context:
        changes = structure(tag, attributes, outer)
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists[outer.depth + 1] = List(node, attributes)
            if outer.depth == 0:
                self._items.clear()
        elif tag == "li":
            here = self._lists.get(outer.depth)
            self._marker = here.mark(attributes) if here else ""
        look = self.styles.inside(tag, attributes, outer.look)
        if look is not outer.look:
            changes["look"] = look
        if self.regions and not outer.region and (attributes or tag in REGIONS):
            changes["region"] = self.regions.opens(node, tag, attributes, outer.inside)
        main = self.regions.main if self.regions and outer.outside_main else None
        if self.regions and outer.outside_main and node.mem_id in self.regions.titles:
            changes |= {"outside_main": False, "region": None}
        if main is not None and node.mem_id == main.mem_id:
            self.after_main = True
            changes |= {"outside_main": False, "region": None}
        return replace(outer, **changes) if changes else outer

    def _field(self, attributes: dict[str, Any], context: Context) -> None:
        if (attributes.get("type") or "text").lower() in ("text", "email", "tel", "url", "number"):
            self.add("FormField", attributes.get("value") or "", context)

    def _table(self, node: Any, context: Context) -> None:
        table = data_tables.read(node, self.styles, context.look)
        if not table.text and context.hidden:
            table = data_tables.read(node, self.styles, PLAIN)
        else:
            context = replace(context, look=PLAIN)
        if table.text:
            self.add("Table", table.text, context, html=table.html, links=table.links)
        for reason, text in table.hidden:
            self.add("Other", text, replace(context, look=Look(gone=reason)))


def walk(
    tree: Any,
    blocks: Blocks,
    *,
    boilerplate: bool,
    title: str | None,
    sheet: str,
    linked: style_sheets.Linked,
    facts: dict[str, Any],
) -> None:
    """Add the elements of a parsed page to `blocks`."""
    styles = Styles([sheet, *style_sheets.read(tree, linked)])
    layouts = Layouts(tree.body)
    regions = Regions(tree.body, layouts) if boilerplate else None
    state = _Walk(blocks, styles, layouts, regions)
    state.facts, state.title = facts, title
    outside = regions is not None and regions.main is not None
    start = len(blocks.elements)
    look = state.styles.inside("html", tree.root.attributes, PLAIN)
    _visit(tree.body, state, Context(outside_main=outside, look=look))
    state.flush()
    if regions is not None:
        menus.mark(blocks.elements, start, state.link_share)


def _visit(root: Any, state: _Walk, context: Context) -> None:
    """Visit nodes depth first by their links: a million nested elements need only one context
    each."""
    stack: list[tuple[Any, Context]] = []
    node: Any | None = root
    while node is not None:
        tag = node.tag
        inner: Context | None = None
        if tag == "-text":
            state.text(context, node.text_content or "")
        elif tag is None:  # `<?php ... ?>` shows nothing
            inner = context
        elif tag not in SKIPPED and not tag.startswith(("-", "!")):
            inner = state.open(node, tag, context)
        child = node.child if inner is not None else None
        if child is not None:
            stack.append((node, context))
            node, context = child, inner or context
            continue
        if inner is not None and tag in BLOCKS:
            state.flush()
        node, context = _next(node, stack, state, context)


def _next(
    node: Any, stack: list[tuple[Any, Context]], state: _Walk, context: Context
) -> tuple[Any | None, Context]:
    while stack:
        following = node.next
        if following is not None:
            return following, context
        node, context = stack.pop()
        if node.tag in BLOCKS:
            state.flush()
    return None, context
