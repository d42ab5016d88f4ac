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
_LONGEST_NOTICE, _SHORT_NOTICE = 300, 60
_SMALL_LETTERS, _KOREAN_END = re.compile(r"\b[a-zß-ÿ]{2,}\b"), re.compile(r"[가-힣]다[.\s]")
_MOST_SENTENCES, _MOST_NOTICES = 0.25, 0.5
"""Share of the page that is small print, at most, with sentences of it and without."""
_FEW = 4  # words in small letters: names and rights have fewer
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
    small_print = _small_print(elements, start, size)
    for index in range(start, len(elements)):
        element = elements[index]
        if element.type not in _CONTENT or element.hidden:
            continue
        if index in small_print:
            element.type = "Footer"
        elif index in menu or _ALONE.fullmatch(element.text):
            element.type = "Navigation"
        else:
            continue
        element.level = element.parent = None


def _small_print(elements: list[Element], start: int, size: int) -> set[int]:
    """Notices of copyright. A sentence about them is one only at the end of a page of other prose,
    `size` letters in all; no heading is, nor is all the text of a page."""
    notices: set[int] = set()
    sentences: set[int] = set()
    at_end = True
    for index in reversed(range(start, len(elements))):
        element = elements[index]
        if element.type not in _CONTENT or element.hidden:
            continue
        notice = len(element.text) < _LONGEST_NOTICE and _SMALL_PRINT.search(element.text)
        headed = index > start and elements[index - 1].type == "Title"
        if not notice or element.type in ("Title", "Table"):
            at_end = False
        elif not _is_sentence(element.text):
            notices.add(index)
        elif at_end and not headed:
            sentences.add(index)
    both = notices | sentences
    for found, most in ((both, _MOST_SENTENCES), (notices, _MOST_NOTICES)):
        if sum(len(elements[index].text) for index in found) < most * size:
            return found
    return set()


def _is_sentence(text: str) -> bool:
    korean = _KOREAN_END.search(text) and ("©" not in text or len(text) > _SHORT_NOTICE)
    return bool(korean) or len(_SMALL_LETTERS.findall(_SMALL_PRINT.sub("", text))) >= _FEW


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
