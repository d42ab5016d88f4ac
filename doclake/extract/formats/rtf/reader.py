"""RTF tokens to blocks."""

from __future__ import annotations

import re
from dataclasses import replace

from doclake.extract.builder import Blocks
from doclake.extract.cells import cell
from doclake.extract.formats.rtf import head
from doclake.extract.formats.rtf.destinations import (
    LABELS,
    MARKS,
    SCRIPTS,
    SIGNS,
    SKIPPED,
    STORIES,
    TINY,
    Group,
    Story,
)
from doclake.extract.formats.rtf.fields import PARTS, Fields
from doclake.extract.formats.rtf.table_rows import Table
from doclake.extract.formats.rtf.tokens import Token, Tokens
from doclake.extract.model import ElementType
from doclake.extract.text import symbol_fonts
from doclake.extract.text.cleaning import clean

_HEADING = re.compile(r"(?:heading|제목|titre|überschrift)\s*([1-9])", re.IGNORECASE)
_DESTINATIONS = SKIPPED | head.PARTS | PARTS | {*LABELS, "info", "upr", "ud"}


def read(data: bytes, blocks: Blocks) -> dict[str, str]:
    """Add the elements of an RTF to `blocks`; return what its head says (`title`, `author` ...)."""
    reader = _Reader(Tokens(data), blocks)
    reader.read()
    return {name: clean(text, lines=False) for name, text in reader.head.info.items()}


class _Reader:
    def __init__(self, tokens: Tokens, blocks: Blocks) -> None:
        self.tokens = tokens
        self.blocks = blocks
        self.head = head.Head(tokens)
        self._group = Group()
        self._stack: list[tuple[Group, Story | None]] = []
        self._story = Story()
        self._fields = Fields()
        self._drawn: int | None = None  # the run that a field drew
        self._result: tuple[int, int] | None = None  # groups and runs where its result began
        self._table_links: dict[str, None] = {}
        self._starred = False
        self._reset_paragraph()
        self._label = ""
        self._author = ""
        self._notes: list[tuple[ElementType, str]] = []
        self._footers: dict[str, None] = {}
        self._table = Table()
        self._table_notes: list[tuple[ElementType, str]] = []
        self._cell_lines: list[str] = []

    def _reset_paragraph(self) -> None:
        self._style = 0
        self._in_table = False
        self._outline: int | None = None
        self._list: int | None = None

    def read(self) -> None:
        tokens = iter(self.tokens)
        while (token := next(tokens, None)) is not None:
            with self.blocks.lost.part():  # what is odd about one token costs that token
                self._take(token)
                for token in tokens:
                    self._take(token)
        while self._stack:  # a file cut short keeps what stands before the cut
            self._close()
        self._end_paragraph()
        self._end_table()
        for text in self._footers:
            self.blocks.add("Footer", text)

    def _take(self, token: Token) -> None:
        if token.kind == "open":
            self._stack.append((self._group, None))
            self.head.open(self._group.destination)
        elif token.kind == "close":
            self._close()
        elif token.kind == "text":
            self._text(token.text)
        else:
            self._word(token)

    def _close(self) -> None:
        if not self._stack:
            return
        destination = self._group.destination
        self._end_result()
        outer, story = self._stack.pop()
        self.head.close(destination)
        if destination in PARTS and outer.destination != destination:
            self._draw(self._fields.close(destination))
        if story is not None:
            inner, self._story = self._story, story
            text = "\n".join([*inner.lines, "".join(t for t, hidden in inner.runs if not hidden)])
            self._add_story(STORIES[destination], text)
        self._group = outer

    def _add_story(self, kind: ElementType, text: str) -> None:
        """Notes wait for the end of the paragraph they belong to, footers for the end of all."""
        text = clean(text)
        if kind == "Footer":
            self._footers[text] = None
        elif kind == "Header":
            if not any(e.type == kind and e.text == text for e in self.blocks.elements[:50]):
                self.blocks.add(kind, text)
        else:
            author, self._author = self._author if kind == "Annotation" else "", ""
            self._notes.append((kind, f"{author}: {text}" if author and text else text))

    def _add_notes(self, notes: list[tuple[ElementType, str]]) -> None:
        for kind, text in notes:
            self.blocks.add(kind, text)
        notes.clear()

    def _text(self, text: str) -> None:
        destination = self._group.destination
        if destination in head.PARTS:
            self.head.text(destination, text)
        elif destination in PARTS:
            self._fields.text(destination, text)
        elif destination in LABELS:
            self._label += text
        elif destination == "atnauthor":
            self._author += text
        elif (destination == "body" or destination in STORIES) and not self._group.deleted:
            text = symbol_fonts.shown(text, self.head.fonts.get(self._group.font))
            set_as = SCRIPTS.get(self._group.script)
            shown = set_as(text) if set_as else text
            self._story.runs.append((shown, self._group.reason(self._in_table)))

    def _draw(self, text: str) -> None:
        """Add what a field or a shape draws: unless the field has a result, which says it too."""
        if text:
            self._drawn = len(self._story.runs)
            self._story.runs.append((text, self._group.reason(self._in_table)))

    def _end_result(self) -> None:
        if self._result is None or len(self._stack) > self._result[0]:
            return
        _, start = self._result
        said = any(text.strip() for text, _ in self._story.runs[start:])
        if said and self._drawn is not None and self._drawn < start:
            del self._story.runs[self._drawn]
        self._result = self._drawn = None

    def _word(self, token: Token) -> None:
        word, number = token.text, token.number
        if word == "*":
            self._starred = True
            return
        starred, self._starred = self._starred, False
        if self._group.destination == "upr" and word != "ud":
            return
        if word in _DESTINATIONS:
            self._group = self._group.entering(word)
        elif word in STORIES:
            self._open_story(word)
        elif word == "shptxt" and self._story.runs:  # a text box stands inside a paragraph
            self._story.runs.append(("\n", None))
        elif starred and word not in ("shpinst", "shptxt", "pnseclvl", "fldrslt", "bkmkstart"):
            self._group = replace(self._group, destination="skip")
        elif self._group.destination in head.TABLES:
            self.head.word(self._group.destination, word, number)
        elif self._group.destination in PARTS:
            self._fields.word(word, number)
        elif word == "fldrslt":
            self._result = (len(self._stack), len(self._story.runs))
        elif word in SIGNS:
            self._text(SIGNS[word])
            if word == "cell" and self._group.destination == "body":
                self._end_cell()
        elif self._group.destination == "body":
            if not self._table.word(word, number):
                self._format(word, number)
        elif self._group.destination in STORIES:
            self._format(word, number)

    def _open_story(self, word: str) -> None:
        if self._group.destination != "body" or not self._stack:
            self._group = replace(self._group, destination="skip")
            return
        outer, _ = self._stack[-1]
        self._stack[-1] = (outer, self._story)
        self._story = Story()
        self._group = Group(destination=word)

    def _format(self, word: str, number: int | None) -> None:
        if word == "v":
            self._group = replace(self._group, hidden=number != 0)
        elif word == "cf":
            self._group = replace(self._group, white=self.head.is_white(number or 0))
        elif word in ("cb", "highlight", "chcbpat", "cbpat") and number:
            self._group = replace(self._group, white=False)
        elif word == "fs":
            self._group = replace(self._group, tiny=0 <= (number or 24) <= TINY)
        elif word == "f":
            self._group = replace(self._group, font=number or 0)
        elif word in ("super", "sub", "nosupersub"):
            on = word in SCRIPTS and number != 0
            self._group = replace(self._group, script=word if on else "")
        elif word == "deleted":
            self._group = replace(self._group, deleted=number != 0)
        elif word == "plain":
            destination, deleted = self._group.destination, self._group.deleted
            self._group = Group(destination, deleted=deleted)
        elif word in ("par", "sect", "page") and not self._group.deleted:
            self._end_paragraph()
        elif word == "row" and self._group.destination == "body":
            self._table.end_row()
        elif word == "nestcell":  # a cell of a table inside a cell: a line of the outer one
            self._in_table = True
            self._end_paragraph()
        elif word == "pard":
            self._reset_paragraph()
        elif word == "intbl":
            self._in_table = True
        elif word == "s" and number is not None:
            self._style = number
        elif word == "outlinelevel" and number is not None and number < 9:
            self._outline = number + 1
        elif word == "ls":
            self._list = (self._list or 1) if number else None
        elif word == "ilvl" and number is not None and self._list:
            self._list = number + 1

    def _end_paragraph(self) -> None:
        if self._group.destination not in ("body", *STORIES):
            return
        text = "".join(text for text, hidden in self._story.runs if not hidden)
        hidden = [(text, reason) for text, reason in self._story.runs if reason]
        self._story.runs.clear()
        if self._group.destination != "body":
            self._story.lines.append(text)
            return
        if self._in_table:
            self._cell_lines.append(self._labelled(text))
        else:
            self._end_table()
            self._add(text)
        for piece, reason in hidden:
            self.blocks.add("Other", piece, hidden=reason)
        if not self._in_table:
            self._add_notes(self._notes)

    def _labelled(self, text: str) -> str:
        """The text after its number in a list; bullets are left out."""
        label, self._label = clean(self._label, lines=False), ""
        shown = any(map(str.isalnum, label)) and label not in MARKS
        return f"{label} {text.lstrip()}" if shown and text.strip() else text

    def _add(self, text: str) -> None:
        listed = bool(self._list or self._label)
        name = self.head.styles.get(self._style, "")
        match = _HEADING.match(name)
        level = int(match[1]) if match else self._outline
        level = 1 if level is None and name.lower() == "title" else level
        kind: ElementType = "NarrativeText"
        if level:
            kind = "Title"
        elif listed or clean(text)[:2] in ("• ", "· "):
            kind, level = "ListItem", self._list or 1
        links = self._fields.links
        self.blocks.add(kind, self._labelled(text), level=level, links=tuple(links))
        links.clear()
        self._add_alts()

    def _add_alts(self) -> None:
        for alt in self._fields.alts:
            self.blocks.add("Image", alt)
        self._fields.alts.clear()

    def _end_cell(self) -> None:
        self._in_table = True
        self._end_paragraph()
        self._table.end_cell("\n".join(self._cell_lines))
        self._cell_lines.clear()
        self._table_notes += self._notes
        self._notes.clear()
        self._table_links |= self._fields.links
        self._fields.links.clear()

    def _end_table(self) -> None:
        rows = self._table.rows()
        if not cell.is_empty(rows):
            links = tuple(self._table_links)
            text, html = cell.to_text(rows), cell.to_html(rows)
            self.blocks.add("Table", text, html=html, links=links)
            self._add_alts()
        self._table_links.clear()
        self._add_notes(self._table_notes)
