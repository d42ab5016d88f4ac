"""Markdown by CommonMark with tables and strike-through (markdown-it-py), read on as HTML."""

from __future__ import annotations

import re
from pathlib import Path

from doclake.errors import DocumentEmpty
from doclake.extract import charset, html
from doclake.extract.blocks import Blocks
from doclake.extract.model import Extraction, Options

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z][\w-]*):[ \t]*(\S.*)$", re.MULTILINE)


class Markdown:
    """Headings, nested lists, tables, code, links; front matter becomes metadata."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, _ = charset.decode(file.read_bytes())
        blocks = Blocks("markdown-it", options.limits)
        metadata: dict[str, str] = {}
        front = _FRONT_MATTER.match(text)
        if front:
            text = text[front.end() :]
            metadata = {k.lower(): v.strip("\"' ") for k, v in _FIELD.findall(front[1])}
        html.read(to_html(text), blocks, boilerplate=False)
        title = metadata.pop("title", None) or _first_heading(blocks)
        if not blocks.elements:
            raise DocumentEmpty("The document has no text.")
        return Extraction(blocks.elements, title=title, metadata=metadata)


def to_html(text: str) -> str:
    """CommonMark to HTML; nesting beyond the parser's limit stays text, as the parser does."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    rendered: str = parser.render(text)
    return rendered


def _first_heading(blocks: Blocks) -> str | None:
    return next((e.text for e in blocks.elements if e.type == "Title" and e.level == 1), None)
