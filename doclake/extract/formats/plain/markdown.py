"""Markdown by CommonMark with tables and strike-through (markdown-it-py), then read as HTML."""

from __future__ import annotations

import re
from pathlib import Path

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.formats.plain.text import add_paragraphs
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_MAX_NESTING = 60
_SLACK = 2000  # letters: addresses of links and pictures stand in the source, not in the text
_FIELD = re.compile(r"^([A-Za-z][\w-]*):[ \t]*(\S.*)$", re.MULTILINE)


class Markdown:
    """Headings, nested lists, tables, code, links; front matter becomes metadata."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("markdown-it", options.limits)
        metadata: dict[str, str] = {}
        front = _FRONT_MATTER.match(text)
        if front:
            text = text[front.end() :]
            metadata = {k.lower(): v.strip("\"' ") for k, v in _FIELD.findall(front[1])}
        html.read(to_html(text), blocks, boilerplate=False)
        if _letters(text) > 2 * sum(_letters(e.text) for e in blocks.elements) + _SLACK:
            # The parser drops what nests too deep: plain text is better than a loss.
            blocks.elements.clear()
            add_paragraphs(text, blocks)
        title = metadata.pop("title", None) or _first_heading(blocks)
        if not blocks.elements:
            raise DocumentEmpty("The document has no text.")
        metadata["encoding"] = codec
        return Extraction(blocks.elements, title=title, metadata=metadata)


def to_html(text: str) -> str:
    """CommonMark to HTML. The parser leaves out what nests deeper than `_MAX_NESTING`."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(
        ["table", "strikethrough"]
    )
    rendered: str = parser.render(text)
    return rendered


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _first_heading(blocks: Blocks) -> str | None:
    return next((e.text for e in blocks.elements if e.type == "Title" and e.level == 1), None)
