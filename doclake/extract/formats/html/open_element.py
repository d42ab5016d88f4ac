"""An element that is being read, and what it passes on to those inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doclake.extract.formats.html.visibility import PLAIN, Look
from doclake.extract.formats.html.vocabulary import HEADINGS
from doclake.extract.model import ElementType

_LEVELS = frozenset("123456789")


@dataclass(slots=True, frozen=True)
class Context:
    """What an open element passes on to the text inside it."""

    kind: ElementType = "NarrativeText"
    level: int | None = None
    region: ElementType | None = None
    href: str | None = None
    depth: int = 0
    inside: bool = False
    look: Look = PLAIN
    outside_main: bool = False

    @property
    def hidden(self) -> str | None:
        """Why the text inside is not seen, or None."""
        return self.look.hidden


def structure(tag: str, attributes: dict[str, Any], outer: Context) -> dict[str, Any]:
    if tag in HEADINGS:
        return {"kind": "Title", "level": HEADINGS[tag]}
    if tag in ("ul", "ol", "menu", "dir", "dl"):
        return {"depth": outer.depth + 1, "kind": "NarrativeText"}
    if tag in ("li", "dt", "dd"):
        return {"kind": "ListItem", "level": max(outer.depth, 1)}
    if tag in ("figcaption", "caption"):
        return {"kind": "Caption"}
    if tag == "a":
        return {"href": attributes.get("href")}
    if (attributes.get("role") or "").strip().lower() == "heading":
        level = (attributes.get("aria-level") or "").strip()
        # Without a level it is one of the second (WAI-ARIA).
        return {"kind": "Title", "level": min(int(level), 6) if level in _LEVELS else 2}
    if tag in ("main", "article"):
        return {"inside": True}
    if tag in ("table", "blockquote"):
        return {"kind": "NarrativeText", "level": None}
    return {}
