"""Where on a page the prose stands: weights of every element, computed in one pass.

The weight of a block is its text, if it is long enough to be a sentence and mostly not links (the
two features that tell content from templates best: Kohlschütter et al., Boilerplate Detection using
Shallow Text Features, WSDM 2010). The content is found by going down from the body as long as one
child holds nearly all of the weight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SENTENCE = 40
_LINKED = 0.4
_DOMINANT, _LEAST = 0.7, 0.5
"""Share of its parent's weight, and of the whole page's, that a child must hold to be gone into."""
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
    """Elements of a page in document order; number 0 is `root` (selectolax). Linear in its size,
    at any depth."""

    def __init__(self, root: Any) -> None:
        self.nodes: list[Any] = []
        self.lengths: list[int] = []
        """Characters of text inside."""
        self._numbers: dict[int, int] = {}
        self._parents: list[int] = []
        self._block: list[int] = []
        self._linked: list[bool] = []
        self._own: list[int] = []
        self._links: list[int] = []
        for node in root.traverse(include_text=True):
            if node.tag == "-text":
                self._text(node)
            elif not node.tag.startswith(("-", "!")):
                self._element(node)
        for number in range(len(self.nodes) - 1, 0, -1):
            self.lengths[self._parents[number]] += self.lengths[number]

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
        prose or it stands all over. `apart` tells elements whose inside does not count."""
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
            if not best or weights[best] < least or not self._opens(best, below):
                return self.nodes[place] if place else None
            place = best

    def _opens(self, best: int, siblings: list[int]) -> bool:
        """A container that is not just the longest of several of one kind (posts, sections)."""
        node = self.nodes[best]
        if node.tag not in _CONTAINERS and "-" not in node.tag:
            return False
        kind = (node.tag, node.attributes.get("class"))
        alike = [n for n in siblings if n != best and self._kind(n) == kind]
        return not alike

    def _kind(self, number: int) -> tuple[str, str | None]:
        node = self.nodes[number]
        return node.tag, node.attributes.get("class")

    def _weights(self, apart: Callable[[Any], bool]) -> list[int]:
        """Prose inside every element."""
        skipped = [False] * len(self.nodes)
        weights = [0] * len(self.nodes)
        for number, node in enumerate(self.nodes):
            skipped[number] = skipped[self._parents[number]] or (number > 0 and apart(node))
            size, links = self._own[number], self._links[number]
            if not skipped[number] and size >= _SENTENCE and links < _LINKED * size:
                weights[number] = size
        for number in range(len(self.nodes) - 1, 0, -1):
            weights[self._parents[number]] += weights[number]
        return weights
