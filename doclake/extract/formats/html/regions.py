"""Which parts of a page are not its content: navigation, headers, footers, banners.

Landmarks of HTML and ARIA first; then class and id words in use across the web's templates; then
the rule that everything outside the content is boilerplate: outside the `main` or `article` that
marks it, and outside the element in it that holds nearly all of the prose.
"""

from __future__ import annotations

import re
from typing import Any

from doclake.extract.formats.html.layout_tables import Layouts
from doclake.extract.formats.html.outline import Outline
from doclake.extract.formats.html.visibility import is_gone
from doclake.extract.model import ElementType

_ROLES: dict[str, ElementType] = {
    "banner": "Header",
    "contentinfo": "Footer",
    "navigation": "Navigation",
    "complementary": "Navigation",
    "search": "Navigation",
    "dialog": "Navigation",
    "alertdialog": "Navigation",
    "menu": "Navigation",
    "menubar": "Navigation",
    "toolbar": "Navigation",
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
        *("recommended", "recommendations", "recommend", "disqus", "comments", "comment", "popup"),
        *("modal", "pagination", "paginate", "paging", "pager", "navbox", "catlinks", "noprint"),
        *("editsection", "toc", "login", "widget", "outbrain", "taboola", "tagcloud", "skip"),
        *("trending", "popular", "adsense", "advertising", "sitenotice", "jump", "commentlist"),
        *("feedback", "ticker", "teaser", "teasers", "ranking", "rank", "toolbar", "tags", "side"),
        *("gnb", "lnb", "snb", "sns", "util", "quick", "bestnews", "mostviewed", "cbox", "reply"),
    ),
    "Navigation",
)
_LABEL = re.compile(
    r"(?:\d+ )?comments?(?: \(?\d+\)?)?|most (?:read|viewed|popular)|share this:?|"
    r"you (?:may|might) also like|"
    r"(?:related|recommended|more|recent|latest|popular|trending)\b.{0,25}|"
    r"댓글 ?(?:목록|\d+개?)?|많이 본.{0,6}|함께 보면.{0,12}|"
    r"(?:관련|추천|인기|최신|최근|다른) ?(?:글|기사|뉴스|게시물|검색어|상품|변경|댓글)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")
_NOTE = re.compile(r"note|tip|callout|admonition|warning|caution|important|info\b|example|quote")
_KEEP = frozenset({"html", "body", "main", "article", "h1", "h2", "h3", "table", "td", "tr", "p"})
_BOX = 0.6
_MOST = 0.4
"""A container with more than this share of the page's text is content, whatever its name."""


class Regions:
    """Says which region an element opens. `root` is the page's `body` (selectolax)."""

    def __init__(self, root: Any, layouts: Layouts) -> None:
        self._outline = Outline(root, layouts)
        self._total = max(self._outline.length(root), 1)
        marked = self._find_main(root)
        self.main = self._outline.content(marked or root, self._apart) or marked
        self.titles = self._outline.titles(self.main) if self.main is not None else set()

    def _find_main(self, root: Any) -> Any | None:
        """The one element that marks the content, if it holds enough text."""
        for selector, share in (
            ("main, [role=main]", 0.15),
            ("article, [itemprop=articleBody]", 0.4),
            ("#content, #main, #main-content, .post-content, .entry-content", 0.5),
        ):
            marked = root.css(selector)
            if len(marked) == 1 and self._outline.length(marked[0]) > max(200, share * self._total):
                return marked[0]
        return None

    def _apart(self, node: Any) -> bool:
        """Whether the inside of an element is not prose of the page: another region, or hidden."""
        attributes = node.attributes
        if node.tag == "header" and not attributes:
            return False
        if "hidden" in attributes or is_gone(attributes.get("style") or ""):
            return True
        return self.opens(node, node.tag, attributes, inside=True) is not None

    def opens(self, node: Any, tag: str, attributes: dict[str, Any], inside: bool) -> Any:
        """The region (an element type) that begins at this element, or None for content.

        `inside` says that the element stands in `main` or an `article`.
        """
        role = (attributes.get("role") or "").strip().lower()
        if role in _ROLES and tag not in _KEEP:
            return _ROLES[role]
        if not attributes and tag in ("div", "section"):
            return self._by_label(node, tag)
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if tag == "nav":
            return "Navigation"
        if tag == "aside":
            return None if inside and _NOTE.search(names.lower()) else "Navigation"
        if tag == "footer":
            return "Footer"
        if tag == "header":
            return None if inside else "Header"
        found = self._by_words(node, names) if names != " " and tag not in _KEEP else None
        return found or self._by_label(node, tag)

    def _by_label(self, node: Any, tag: str) -> ElementType | None:
        """A box that opens with a heading such as Comments, Related, 많이 본 뉴스."""
        if (
            tag not in ("div", "section", "aside")
            or self._outline.length(node) > _BOX * self._total
        ):
            return None
        first = node.child
        while first is not None and (first.tag or "-").startswith(("-", "!")):
            first = first.next
        heading = first is not None and first.tag in ("h2", "h3", "h4", "h5", "h6", "strong")
        if not heading or self._outline.length(first) > 40:
            return None
        return "Navigation" if _LABEL.fullmatch(first.text().strip()) else None

    def _by_words(self, node: Any, names: str) -> ElementType | None:
        region: ElementType | None = None
        for name in names.split():
            words = [word.lower() for word in _SPLIT.split(name)]
            # `has-sidebar` and `no-sidebar` describe the page, not the element.
            if words and words[0] not in ("has", "no", "with", "without", "is"):
                region = region or next(filter(None, map(_by_word, words)), None)
        if region is None or self._outline.length(node) > _MOST * self._total:
            return None
        return None if node.css_first("main, h1") else region


def _by_word(word: str) -> ElementType | None:
    if word not in _WORDS and (word.startswith("cookie") or word.endswith("nav")):
        return "Navigation"
    return _WORDS.get(word)
