"""reStructuredText by docutils, then read as HTML. Nothing is included, run or fetched."""

from __future__ import annotations

from pathlib import Path

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "doctitle_xform": False,
    "initial_header_level": 1,
    "embed_stylesheet": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "_disable_config": True,
    "line_length_limit": 1_000_000,
}


class ReStructuredText:
    """Headings, nested lists, tables with spans, code, links."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("docutils", options.limits)
        html.read(to_html(text), blocks, boilerplate=False)
        if not blocks.elements:
            raise DocumentEmpty("The document has no text.")
        title = next((e.text for e in blocks.elements if e.type == "Title"), None)
        return Extraction(blocks.elements, title=title, metadata={"encoding": codec})


def to_html(text: str) -> str:
    """Body of the document as HTML; raises `LimitExceeded` for nesting too deep for the parser."""
    from docutils.core import publish_parts

    try:
        parts = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)
    except RecursionError:
        raise LimitExceeded("The document nests too deep.") from None
    return str(parts["body"])
