"""Plain text: paragraphs, and the headings and list items that its layout shows."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.formats.plain import source_code
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean
from doclake.extract.text.heading_words import METHOD, HeadingClassifier

_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_BULLET = re.compile(r"[ \t]*(?:[•‣▪◦●○■□·∙*-]|\(?\d{1,3}[.)]|[가-하][.)]|[①-⑳])[ \t]+\S")
_RULE = re.compile(r"[=\-~_*#+.]{4,}")
_HEADING = re.compile(
    r"(?:(?:chapter|part|section|book|제\s*\d+\s*[장절편부])\b.*|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+\S.*)",
    re.IGNORECASE,
)
_LONGEST_HEADING = 90


class PlainText:
    """Text in any encoding that `charset` recognizes. The lines of a paragraph are joined;
    programs and settings stay as they stand."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("text", options.limits)
        if source_code.is_named(options.name):
            source_code.add(text, blocks)
        else:
            add_paragraphs(text, blocks, HeadingClassifier(text))
        if not blocks.elements:
            raise DocumentEmpty("The file holds nothing but white space.")
        return Extraction(blocks.elements, metadata={"encoding": codec})


def add_paragraphs(text: str, blocks: Blocks, classifier: HeadingClassifier | None = None) -> None:
    """Add plain text to `blocks`, a paragraph, heading or list item at a time.

    `classifier` decides about lines whose layout is unclear; without one they are paragraphs.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    split = (paragraph.split("\n") for paragraph in _PARAGRAPH.split(text))
    stripped = ([line for line in lines if line.strip(" \t\0")] for lines in split)
    paragraphs = [lines for lines in stripped if lines]
    for lines, following in pairwise([*paragraphs, []]):
        _add(lines, following, blocks, classifier)


def _add(
    lines: list[str], following: list[str], blocks: Blocks, classifier: HeadingClassifier | None
) -> None:
    if len(lines) == 2 and _RULE.fullmatch(lines[1].strip()):
        blocks.add("Title", lines[0], level=1 if lines[1].strip()[0] in "=#*" else 2)
    elif len(lines) == 1 and _is_heading(lines[0]):
        blocks.add("Title", lines[0], level=_level(lines[0]))
    elif source_code.is_code(lines):
        blocks.add("Code", "\n".join(lines))
    elif sum(1 for line in lines if _BULLET.match(line)) * 2 > len(lines):
        _add_list(lines, blocks)
    elif classifier and len(lines) == 1 and classifier.is_heading(lines[0], following):
        blocks.add("Title", lines[0], level=1, method=METHOD)
    else:
        blocks.add("NarrativeText", "\n".join(lines))


def _add_list(lines: list[str], blocks: Blocks) -> None:
    items: list[list[str]] = []
    for line in lines:
        if _BULLET.match(line) or not items:
            items.append([line])
        else:
            items[-1].append(line.strip())
    indents = sorted({_indent(item[0]) for item in items})
    for item in items:
        kind = "ListItem" if _BULLET.match(item[0]) else "NarrativeText"
        level = indents.index(_indent(item[0])) + 1 if kind == "ListItem" else None
        blocks.add(kind, " ".join(item), level=level)  # type: ignore[arg-type]


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _is_heading(line: str) -> bool:
    text = clean(line, lines=False)
    if not 1 < len(text) <= _LONGEST_HEADING or text[-1] in ".,;:!?。、":
        return False
    return bool(_HEADING.fullmatch(text)) or (text.isupper() and len(text) > 3)


def _level(line: str) -> int:
    number = re.match(r"\s*(\d{1,2}(?:\.\d{1,2})*)\.?\s", line)
    return number[1].count(".") + 1 if number else 1
