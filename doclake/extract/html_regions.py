"""Which parts of a page are not its content: navigation, headers, footers, banners.

Landmarks of HTML and ARIA first; then class and id words in use across the web's templates; then
the rule that where a page marks its content with one `main` or one `article`, the rest is not it.
"""

from __future__ import annotations

import re
from typing import Any

from doclake.extract.model import ElementType

_ROLES: dict[str, ElementType] = {
    "banner": "Header",
    "contentinfo": "Footer",
    "navigation": "Other",
    "complementary": "Other",
    "search": "Other",
    "dialog": "Other",
    "alertdialog": "Other",
    "menu": "Other",
    "menubar": "Other",
    "toolbar": "Other",
}
_WORDS: dict[str, ElementType] = dict.fromkeys(
    ("footer", "colophon", "copyright", "printfooter", "bottombar"), "Footer"
)
_WORDS |= dict.fromkeys(("masthead", "topbar", "navbar", "skiplink", "siteheader"), "Header")
_WORDS |= dict.fromkeys(
    (
        *("cookie", "cookies", "consent", "gdpr", "nav", "navigation", "menu", "breadcrumb"),
        *("breadcrumbs", "sidebar", "newsletter", "subscribe", "subscription", "signup", "social"),
        *("share", "sharing", "advert", "advertisement", "ads", "sponsored", "promo", "related"),
        *("recommended", "recommendations", "disqus", "comments", "popup", "modal", "pagination"),
        *("pager", "navbox", "catlinks", "editsection", "noprint", "toc", "login", "paywall"),
        *("widget", "outbrain", "taboola", "metadata-tags", "tagcloud", "skip", "siteSub"),
        *("more-stories", "trending", "popular", "adsense", "advertising", "sitenotice", "jump"),
    ),
    "Other",
)
_SPLIT = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")
_NOTE = re.compile(r"note|tip|callout|admonition|warning|caution|important|info\b|example|quote")
_KEEP = frozenset({"html", "body", "main", "article", "h1", "h2", "h3", "table", "td", "tr"})
_MOST = 0.4
"""A container with more than this share of the page's text is content, whatever it is called."""


class Regions:
    """Answers what region an element opens. `root` is the page's `body` (selectolax)."""

    def __init__(self, root: Any) -> None:
        self._total = max(_length(root), 1)
        self.main = self._find_main(root)

    def _find_main(self, root: Any) -> Any | None:
        """The one element that marks the content, if it holds enough to be believed."""
        for selector, share in (
            ("main, [role=main]", 0.15),
            ("article, [itemprop=articleBody]", 0.4),
            ("#content, #main, #main-content, .post-content, .entry-content", 0.5),
        ):
            found = root.css(selector)
            if len(found) == 1 and _length(found[0]) > max(200, share * self._total):
                return found[0]
        return None

    def opens(self, node: Any, tag: str, attributes: dict[str, Any], inside: bool) -> Any:
        """The region (an element type) that begins at this element, or None for content.

        `inside` says that the element stands in `main` or an `article`.
        """
        role = (attributes.get("role") or "").strip().lower()
        if role in _ROLES and tag not in _KEEP:
            return _ROLES[role]
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if tag == "nav":
            return "Other"
        if tag == "aside":
            return None if inside and _NOTE.search(names.lower()) else "Other"
        if tag == "footer":
            return "Footer"
        if tag == "header":
            return None if inside else "Header"
        if names != " " and tag not in _KEEP:
            return self._by_words(node, names)
        return None

    def _by_words(self, node: Any, names: str) -> ElementType | None:
        found = None
        for name in names.split():
            words = [word.lower() for word in _SPLIT.split(name)]
            # `has-sidebar` and `no-sidebar` describe the page, not the element.
            if words and words[0] not in ("has", "no", "with", "without", "is"):
                found = found or next((_WORDS[w] for w in words if w in _WORDS), None)
        if found is None or _length(node) > _MOST * self._total or node.css_first("main, h1"):
            return None
        return found


def _length(node: Any) -> int:
    """Characters of text inside, scripts and styles included in neither."""
    total = 0
    for child in node.traverse(include_text=True):
        if child.tag == "-text" and child.parent.tag not in ("script", "style", "noscript"):
            total += len((child.text_content or "").strip())
    return total
