"""DOC (Word 97 to 2003), read from its own structures: no LibreOffice needed."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from doclake.errors import DocumentEmpty, DocumentEncrypted
from doclake.extract.builder import Blocks
from doclake.extract.cells import cell
from doclake.extract.cells.edge_spans import Row, with_spans
from doclake.extract.containers import ole
from doclake.extract.containers.decryption import decrypt
from doclake.extract.containers.member_names import unique
from doclake.extract.formats.legacy_office.doc_file import DocFile
from doclake.extract.formats.legacy_office.doc_properties import DELETED, WHITE, ParagraphProperties
from doclake.extract.model import ElementType, Extraction, Options
from doclake.extract.text.cleaning import clean

_FIELD_BEGIN, _FIELD_SEPARATOR, _FIELD_END = "\x13", "\x14", "\x15"
_CELL, _PARAGRAPH = "\x07", "\r"
_SIGNS = {"\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": "", "\x0e": "\n", "\xa0": " "}
_ENDS = frozenset("\r\x07\x0c")
_STORIES: tuple[tuple[int, ElementType], ...] = (
    (1, "Footnote"),
    (3, "Annotation"),
    (4, "Footnote"),
    (5, "NarrativeText"),
)
_HEADERS = 2


class Doc:
    """Headings by style, lists, tables, notes, comments, headers and footers; hidden text apart."""

    def extract(self, file: Path, options: Options) -> Extraction:
        try:
            document = DocFile(file)
        except DocumentEncrypted:
            return self._decrypted(file, options)
        blocks = Blocks("ms-doc", options.limits)
        _Reader(document, blocks).read()
        if not blocks.elements and not document.children:
            raise blocks.lost.first or DocumentEmpty("The document has no text.")
        metadata = ole.summary(file)
        title = metadata.get("title") or next(
            (e.text for e in blocks.elements if e.type == "Title"), None
        )
        children = unique(document.children)
        return blocks.extraction(
            children,
            title=title,
            metadata=metadata,
        )

    def _decrypted(self, file: Path, options: Options) -> Extraction:
        if options.password is None:
            raise DocumentEncrypted("The document needs a password.")
        with TemporaryDirectory() as folder:
            plain = Path(folder) / "document"
            plain.write_bytes(decrypt(file.read_bytes(), options.password))
            return self.extract(plain, replace(options, password=None))


@dataclass(slots=True)
class _Line:
    """One paragraph: its text, its hidden text, the mark at its end."""

    text: str
    hidden: list[tuple[str, str]]
    links: tuple[str, ...]
    end: str
    properties: ParagraphProperties


@dataclass(slots=True)
class _Table:
    rows: list[Row] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, document: DocFile, blocks: Blocks) -> None:
        self.document = document
        self.blocks = blocks
        self._unseen = sorted(document.unseen_spans())
        self._bounds = [0]
        for count in document.counts:
            self._bounds.append(self._bounds[-1] + count)

    def read(self) -> None:
        with self.blocks.lost.part():
            self._margins("Header")
        self._body()
        for place, kind in _STORIES:
            with self.blocks.lost.part():
                for line in self._lines(self._bounds[place], self._bounds[place + 1]):
                    self.blocks.add(kind, line.text)
                    self._hidden(line)
        with self.blocks.lost.part():
            self._margins("Footer")

    def _margins(self, kind: ElementType) -> None:
        """Headers and footers share a story; their style (built-in 31, 32) distinguishes them."""
        seen: set[str] = set()
        lines = self._lines(self._bounds[_HEADERS], self._bounds[_HEADERS + 1])
        for line in lines:
            text = clean(line.text)
            looks = "Footer" if self._is_footer(line) else "Header"
            if looks == kind and text and text not in seen:
                seen.add(text)
                self.blocks.add(kind, text)

    def _is_footer(self, line: _Line) -> bool:
        _, built_in = self.document.styles.get(line.properties.style, ("", 0))
        return built_in == 32

    def _body(self) -> None:
        table = _Table()
        for line in self._lines(self._bounds[0], self._bounds[1]):
            properties = line.properties
            with self.blocks.lost.part():
                if properties.in_table or line.end == _CELL:
                    self._table_line(table, line)
                else:
                    self._end_table(table)
                    self._paragraph(line)
                self._hidden(line)
        self._end_table(table)

    def _hidden(self, line: _Line) -> None:
        for reason, text in line.hidden:
            self.blocks.add("Other", text, hidden=reason)

    def _table_line(self, table: _Table, line: _Line) -> None:
        if line.properties.row_end and line.end == _CELL:
            if table.cells:
                row = line.properties
                table.rows.append(Row(table.cells, list(row.edges), row.header, row.left))
            table.cells, table.lines = [], []
            return
        table.lines.append(self._numbered(line))
        if line.end == _CELL:
            table.cells.append("\n".join(table.lines))
            table.lines = []

    def _end_table(self, table: _Table) -> None:
        if table.cells:
            table.rows.append(Row(table.cells))
        rows = with_spans(table.rows)
        if not cell.is_empty(rows):
            self.blocks.add("Table", cell.to_text(rows), html=cell.to_html(rows))
        table.rows, table.cells, table.lines = [], [], []

    def _paragraph(self, line: _Line) -> None:
        name, built_in = self.document.styles.get(line.properties.style, ("", 0))
        kind: ElementType = "NarrativeText"
        level: int | None = None
        if 1 <= built_in <= 9:
            kind, level = "Title", built_in
        elif built_in == 62 or name == "Title":
            kind, level = "Title", 1
        elif line.properties.outline < 9:
            kind, level = "Title", line.properties.outline + 1
        elif line.properties.list_id or name.startswith(("List Bullet", "List Number")):
            kind, level = "ListItem", line.properties.level + 1
        elif 19 <= built_in <= 27:
            kind = "Other"  # a table of contents
        elif built_in == 34:
            kind = "Caption"
        self.blocks.add(kind, self._numbered(line), level=level, links=line.links)

    def _numbered(self, line: _Line) -> str:
        """The number that Word shows and the text."""
        properties = line.properties
        if not properties.list_id or not line.text.strip():
            return line.text
        label = self.document.numbering.label(str(properties.list_id), properties.level)
        return f"{label} {line.text.lstrip()}" if label else line.text

    def _lines(self, start: int, end: int) -> list[_Line]:
        lines: list[_Line] = []
        state = _FieldState()
        for text, offset, width in self.document.characters(start, end):
            for place, char in enumerate(text):
                byte = offset + place * width
                if char in _ENDS:
                    properties = ParagraphProperties()
                    with self.blocks.lost.part():
                        properties = self.document.paragraph(byte)
                    lines.append(state.end(char, properties))
                else:
                    state.add(char, self._reason(byte))
        last = state.end(_PARAGRAPH, ParagraphProperties())
        return [*lines, last] if last.text.strip() else lines

    def _reason(self, byte: int) -> str | None:
        """Why the character at a byte is hidden, or None."""
        place = bisect.bisect_right(self._unseen, (byte, 1 << 62)) - 1
        if place < 0 or byte >= self._unseen[place][1]:
            return None
        return self._unseen[place][2]


class _FieldState:
    """Gathers a paragraph. The result of a field is text; its instruction may name a link."""

    def __init__(self) -> None:
        self._chars: list[tuple[str, str | None]] = []
        self._stack: list[list[str]] = []
        self._links: dict[str, None] = {}

    def add(self, char: str, reason: str | None) -> None:
        if char == _FIELD_BEGIN:
            self._stack.append([])
        elif char == _FIELD_SEPARATOR and self._stack:
            self._instruction()
        elif char == _FIELD_END:
            if self._stack:
                self._stack.pop()
        elif self._stack and self._stack[-1] is not _RESULT:
            self._stack[-1].append(char)
        elif (char >= " " or char in _SIGNS or char == "\t") and reason != DELETED:
            self._chars.append((_SIGNS.get(char, char), reason))

    def _instruction(self) -> None:
        words = "".join(self._stack[-1]).split('"')
        if len(words) > 1 and "HYPERLINK" in words[0]:
            self._links[words[1]] = None
        self._stack[-1] = _RESULT

    def end(self, mark: str, properties: ParagraphProperties) -> _Line:
        painted = properties.in_table or properties.shaded or mark == _CELL
        runs: list[tuple[str | None, list[str]]] = []
        for char, reason in self._chars:
            reason = None if painted and reason == WHITE else reason
            if not runs or runs[-1][0] != reason:
                runs.append((reason, []))
            runs[-1][1].append(char)
        text = _joined([char for reason, chars in runs if not reason for char in chars])
        hidden = [(reason, _joined(chars)) for reason, chars in runs if reason]
        line = _Line(text, hidden, tuple(self._links), mark, properties)
        self._chars.clear()
        self._links.clear()
        return line


_RESULT: list[str] = []


def _joined(chars: list[str]) -> str:
    """The text, with its UTF-16 halves put together."""
    text = "".join(chars)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
