"""Markdown by CommonMark with tables and strike-through (markdown-it-py), then read as HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.formats.plain import front_matter
from doclake.extract.formats.plain.text import add_paragraphs
from doclake.extract.metadata import named
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_MAX_NESTING = 60
_SLACK = 200  # letters: words after a fence, and other signs of the syntax


class Markdown:
    """Headings, nested lists, tables, code, links; front matter becomes metadata, and text where
    metadata has no such name."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("markdown-it", options.limits)
        fields, text = front_matter.split(text)
        metadata = {name.lower(): value for name, value in fields.items() if named(name)}
        others = (f"{name}: {value}" for name, value in fields.items() if not named(name))
        blocks.add("NarrativeText", "\n".join(others))
        rendered, read = _rendered(text)
        if _letters(text) > 1.05 * read + _SLACK:
            # The parser drops what nests too deep: plain text is better than a loss.
            add_paragraphs(text, blocks)
        else:
            html.read(rendered, blocks, boilerplate=False)
        title = metadata.pop("title", None) or fields.get("제목") or _first_heading(blocks)
        if not blocks.elements:
            raise DocumentEmpty("The document has no text.")
        metadata["encoding"] = codec
        return Extraction(blocks.elements, title=title, metadata=metadata)


def to_html(text: str) -> str:
    """CommonMark to HTML. The parser leaves out what nests deeper than `_MAX_NESTING`."""
    return _rendered(text)[0]


def _rendered(text: str) -> tuple[str, int]:
    """The HTML, and how many letters of the text the parser has read."""
    from markdown_it import MarkdownIt

    from doclake.extract.formats.plain import cjk_emphasis

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
    cjk_emphasis.use(parser.enable(["table", "strikethrough"]))
    environment: dict[str, Any] = {}
    tokens = parser.parse(text, environment)
    # Before it is parsed, an inline token holds its source, with the addresses of links.
    read = sum(_letters(token.content) + _letters(token.info) for token in tokens)
    for name, reference in environment.get("references", {}).items():
        read += sum(map(_letters, (name, reference["href"], reference["title"])))
    rendered: str = parser.renderer.render(tokens, parser.options, environment)
    return rendered, read


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _first_heading(blocks: Blocks) -> str | None:
    return next((e.text for e in blocks.elements if e.type == "Title" and e.level == 1), None)
