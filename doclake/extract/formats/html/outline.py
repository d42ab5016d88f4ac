"""Where the prose of a page stands: the weight of every element, computed in one pass.

The weight of a block is its text, if it is long enough to be a sentence and mostly not links (the
two features that tell content from templates best: Kohlschütter et al., Boilerplate Detection using
Shallow Text Features, WSDM 2010). To find the content, descend from the body as long as one
element inside holds nearly all of the weight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doclake.extract.formats.html.layout_tables import Layouts

_SENTENCE = 40
_LINKED = 0.4
_DOMINANT, _LEAST = 0.7, 0.5
"""Shares of the weight of its parent, and of the page, without which no element is entered."""
_ALIKE = 0.2
"""Share of the heaviest element's weight that one without a class needs to count as its kind."""
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "select", "button", "head"})
_CONTAINERS = frozenset(
    {"body", "div", "section", "article", "main", "center", "form", "span", "td", "th", "tr"}
    | {"tbody", "table", "font", "fieldset", "dd", "dl", "b", "header", "custom"}
)
_INLINE = frozenset(
    {"a", "b", "i", "em", "strong", "span", "font", "u", "s", "small", "big", "sub", "sup", "code"}
    | {"abbr", "cite", "q", "mark", "time", "label", "br", "img", "wbr", "ruby", "rt", "ins", "del"}
    | {"kbd", "samp", "var", "tt", "bdi", "bdo", "data", "dfn"}
)


class Outline:
    """Elements of a page in document order; number 0 is `root` (selectolax). Linear in the page's
    size at any depth."""

    def __init__(self, root: Any, layouts: Layouts) -> None:
        self._layouts = layouts
        self.nodes: list[Any] = []
        self.lengths: list[int] = []
        """Characters of text inside."""
        self._numbers: dict[int, int] = {}
        self._parents: list[int] = []
        self._block: list[int] = []
        self._linked: list[bool] = []
        self._is_data: list[bool] = []
        self._own: list[int] = []
        self._links: list[int] = []
        for node in root.traverse(include_text=True):
            if node.tag == "-text":
                self._text(node)
            elif node.tag and not node.tag.startswith(("-", "!")):  # `<?php ?>` has none
                self._element(node)
        self._texts, self._all_links = list(self._own), list(self._links)
        for counts in (self.lengths, self._texts, self._all_links):
            for number in range(len(self.nodes) - 1, 0, -1):
                counts[self._parents[number]] += counts[number]

    def number(self, node: Any) -> int:
        return self._numbers.get(node.mem_id, 0)

    def length(self, node: Any) -> int:
        return self.lengths[self.number(node)]

    def _element(self, node: Any) -> None:
        number = len(self.nodes)
        parent = self._numbers.get(node.parent.mem_id, 0) if number else 0
        self._numbers[node.mem_id] = number
        self.nodes.append(node)
        self._parents.append(parent)
        data = number > 0 and self._is_data[parent]
        if node.tag == "table" and not data:
            data = not self._layouts.is_layout(node)
        self._is_data.append(data)
        inline = number > 0 and node.tag in _INLINE
        self._block.append(self._block[parent] if inline else number)
        self._linked.append(node.tag == "a" or (inline and self._linked[parent]))
        for counts in (self.lengths, self._own, self._links):
            counts.append(0)

    def _text(self, node: Any) -> None:
        parent = node.parent
        number = self._numbers.get(parent.mem_id)
        if number is None or parent.tag in _SILENT:
            return
        text = (node.text_content or "").strip()
        self.lengths[number] += len(text)
        # A syllable or an ideograph says as much as two letters or more.
        size = len(text) if text.isascii() else len(text) + sum(c > "\u10ff" for c in text)
        block = self._block[number]
        self._own[block] += size
        if self._linked[number]:
            self._links[block] += size

    def content(self, start: Any, apart: Callable[[Any], bool]) -> Any | None:
        """The lowest element below `start` with nearly all of its prose; None if there is little
        prose or if it is scattered. `apart` is true of elements whose inside does not count."""
        weights = self._weights(apart)
        children: dict[int, list[int]] = {}
        for number in range(1, len(self.nodes)):
            if weights[number]:
                children.setdefault(self._parents[number], []).append(number)
        place = self.number(start)
        whole = weights[place]
        if whole < 5 * _SENTENCE:
            return None
        while True:
            below = children.get(place, [])
            best = max(below, key=weights.__getitem__, default=0)
            least = max(_DOMINANT * weights[place], _LEAST * whole)
            if not best or weights[best] < least or not self._opens(best, below, weights):
                return self.nodes[place] if place else None
            place = best

    def titles(self, content: Any) -> set[int]:
        """`mem_id` of the headings and data tables right above the content: those before it in the
        element around it, or in the one around that."""
        place = self.number(content)
        parent = self._parents[place]
        around = self._parents[parent] or parent
        return {
            self.nodes[number].mem_id
            for number in range(around + 1, place if around else 0)
            if self.nodes[number].tag in ("h1", "h2", "h3") or self._is_facts(number)
        }

    def _is_facts(self, number: int) -> bool:
        """Whether it is a data table, not one of links: prices, dates, who is responsible."""
        node = self.nodes[number]
        return node.tag == "table" and self._is_data[number] and self._has_prose(node)

    def _opens(self, best: int, siblings: list[int], weights: list[int]) -> bool:
        """Whether `best` is a container, not just the longest of several of a kind (posts)."""
        node = self.nodes[best]
        if node.tag not in _CONTAINERS and "-" not in node.tag:
            return False
        if node.tag in ("table", "tbody", "tr", "td", "th") and self._is_data[best]:
            return False
        kind = self._kind(node)
        if kind[1]:
            return not self._has_twin(node, kind)
        least = _ALIKE * weights[best]
        return not any(
            weights[n] > least and self._kind(self.nodes[n]) == kind for n in siblings if n != best
        )

    def _has_twin(self, node: Any, kind: tuple[str, str | None]) -> bool:
        sibling = node.parent.child
        while sibling is not None:
            known = sibling.mem_id != node.mem_id and sibling.mem_id in self._numbers
            if known and self._kind(sibling) == kind and self._has_prose(sibling):
                return True
            sibling = sibling.next
        return False

    def _has_prose(self, node: Any) -> bool:
        """Whether there is text inside that is not mostly links."""
        number = self.number(node)
        return self._all_links[number] < _LINKED * self._texts[number]

    @staticmethod
    def _kind(node: Any) -> tuple[str, str | None]:
        return node.tag, node.attributes.get("class")

    def _weights(self, apart: Callable[[Any], bool]) -> list[int]:
        """Characters of prose inside each element."""
        skipped = [False] * len(self.nodes)
        weights = [0] * len(self.nodes)
        for number, node in enumerate(self.nodes):
            skipped[number] = skipped[self._parents[number]] or (number > 0 and apart(node))
            size, links = self._own[number], self._links[number]
            least = 1 if self._is_data[number] else _SENTENCE
            if not skipped[number] and size >= least and links < _LINKED * size:
                weights[number] = size
        for number in range(len(self.nodes) - 1, 0, -1):
            weights[self._parents[number]] += weights[number]
        return weights
