"""Menus, teasers and small print that only their words reveal: no tag or class name marks them."""

from __future__ import annotations

import re

from doclake.extract.model import Element

_RUN = 4
_TEASER, _LABEL = 120, 25
"""Longest text of a link in a menu, and of a label between two: a date, a number, a place."""
_LINKED = 0.8
_CONTENT = ("NarrativeText", "ListItem", "Table", "Caption", "Title")
_SMALL_PRINT = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|copyright\b|all rights reserved|무단 ?(?:전재|복제|배포)|저작권자",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?:share(?: this(?: \w+)?)?|tweet|print|e-?mail|comments?(?: \(?\d+\)?)?|advertisement|"
    r"read more|see also|related (?:articles|stories|posts)|most (?:read|viewed|popular)|"
    r"latest news|back to top|skip to (?:main )?content|leave a (?:comment|reply)|"
    r"공유(?:하기)?|인쇄(?:하기)?|스크랩|댓글(?: ?\d+)?|목록(?:으로)?|이전 ?글|다음 ?글|맨 ?위로|"
    r"광고|관련 ?(?:기사|글|뉴스)|많이 본 (?:기사|뉴스)|최신 ?(?:기사|글)|본문 바로가기)[ :»>]*",
    re.IGNORECASE,
)


def mark(elements: list[Element], start: int, share: dict[int, float]) -> None:
    """Turn boilerplate among the elements from `start` into Navigation or Footer. `share` is how
    much of an element's text is links, if any is."""
    menu = _menus(elements, start, share)
    size = sum(len(e.text) for e in elements[start:] if e.type in _CONTENT)
    if sum(len(elements[index].text) for index in menu) * 2 > size:
        menu = set()  # a page that consists mostly of such lists is a directory: they stay
    for index in range(start, len(elements)):
        element = elements[index]
        if element.type not in _CONTENT or element.hidden:
            continue
        small_print = len(element.text) < 300 and _SMALL_PRINT.search(element.text)
        if small_print and element.type != "Table":
            element.type = "Footer"
        elif index in menu or _ALONE.fullmatch(element.text):
            element.type = "Navigation"
        else:
            continue
        element.level = element.parent = None


def _menus(elements: list[Element], start: int, share: dict[int, float]) -> set[int]:
    """Runs of four or more texts that are only links, with the labels between them and the
    heading right above."""
    menu: set[int] = set()
    run: list[int] = []
    last = start
    for index in range(start, len(elements) + 1):
        if index < len(elements):
            element = elements[index]
            if share.get(index, 0) > _LINKED and len(element.text) < _TEASER:
                run.append(index)
                if len(element.links) >= _RUN:
                    menu.add(index)  # a menu in one line
                last = index
                continue
            if run and (element.type == "Image" or element.hidden):
                last += last == index - 1
                continue
            label = len(element.text) < _LABEL and element.type != "Title"
            if run and index - last <= 2 and label:
                continue
        if len(run) >= _RUN:
            menu.update(range(run[0], run[-1] + 1))
            if run[0] > start and _is_label(elements[run[0] - 1]):
                menu.add(run[0] - 1)
        run = []
    return menu


def _is_label(element: Element) -> bool:
    """A short heading that may head a menu; never the title of the page."""
    return element.type == "Title" and element.level != 1 and len(element.text) < 40
