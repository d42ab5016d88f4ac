"""RTF, read from its tokens.

pandoc (the reader behind unstructured's `partition_rtf`) was measured first: it knows no code
page but Windows-1252, so Korean or Russian RTF comes out garbled, and it shows hidden text.
"""

from __future__ import annotations

from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentMalformed
from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import unique
from doclake.extract.formats.rtf import objects
from doclake.extract.formats.rtf.reader import is_rtf, read
from doclake.extract.model import Extraction, Options


class Rtf:
    """Paragraphs, headings, lists, tables, notes, headers and footers; hidden text apart."""

    def extract(self, file: Path, options: Options) -> Extraction:
        data = file.read_bytes()
        if not is_rtf(data):
            raise DocumentMalformed("It does not begin as RTF does.")
        blocks = Blocks("rtf", options.limits)
        info = read(data, blocks)
        children = unique(objects.read(data))
        if not blocks.elements and not children:
            raise DocumentEmpty("The document has no text.")
        title = info.pop("title", None)
        return Extraction(blocks.elements, children, title=title or None, metadata=info)
