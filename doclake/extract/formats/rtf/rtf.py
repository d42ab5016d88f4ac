"""RTF, read from its tokens.

pandoc (the reader behind unstructured's `partition_rtf`) was measured first: it knows only the code
page Windows-1252, so Korean or Russian RTF comes out garbled, and it shows hidden text.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentMalformed
from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import unique
from doclake.extract.formats.rtf import objects
from doclake.extract.formats.rtf.reader import read
from doclake.extract.formats.rtf.tokens import is_rtf
from doclake.extract.model import Extraction, Options

_HEAD = 1 << 18
_DATES = {b"creatim": "created", b"revtim": "modified", b"printim": "printed"}
_DATE = re.compile(rb"\\(creatim|revtim|printim)((?:\s*\\(?:yr|mo|dy|hr|min|sec)\d{1,4})+)")
_NUMBER = re.compile(rb"\\([a-z]+)(\d{1,4})")


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
            raise blocks.lost.first or DocumentEmpty("The document has no text.")
        title = info.pop("title", None)
        metadata = info | _dates(data)
        return blocks.extraction(
            children,
            title=title or None,
            metadata=metadata,
        )


def _dates(data: bytes) -> dict[str, str]:
    """When the document was made, changed and printed, as its head says."""
    dates = {}
    for name, words in _DATE.findall(data[:_HEAD]):
        numbers = {word: int(number) for word, number in _NUMBER.findall(words)}
        try:
            day = numbers[b"yr"], numbers[b"mo"], numbers[b"dy"]
            moment = datetime(*day, numbers.get(b"hr", 0), numbers.get(b"min", 0))
        except (KeyError, ValueError):
            continue
        dates[_DATES[name]] = moment.isoformat(timespec="minutes")
    return dates
