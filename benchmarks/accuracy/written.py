"""Office documents whose text is known: the labelled content of `benchmarks/pages`, with its
headings, lists and tables, written by LibreOffice in each format."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.accuracy import office
from benchmarks.accuracy.measures import APART, MARGINS, Row, Rows, compare, extract, visible_text
from benchmarks.accuracy.pages import PAGES, content, labelled

_FORMATS = ("docx", "doc", "odt", "rtf", "pdf")
_READER = "HTML (StarWriter)"
_TARGETS = {"pdf": ("NID", 0.97)}


def score_written(rows: Rows) -> None:
    """NID, F1 and order of every page in every format. A file that LibreOffice failed to write is
    left out, because its reader has not failed."""
    if office.program() is None:
        return
    pages = sorted(PAGES.glob("*.html"))
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for page in pages:
            body = labelled(page.read_text("utf-8"))
            source = Path(folder) / page.name
            source.write_text(f'<html><meta charset="utf-8"><body>{body}</body></html>', "utf-8")
            sources.append(source)
        for suffix in _FORMATS:
            converted = office.convert_all(sources, suffix, Path(folder), _READER)
            row = rows.setdefault(
                f"{suffix} with headings, lists, tables",
                Row("what was written", _TARGETS.get(suffix)),
            )
            for page in pages:
                if page.stem in converted:
                    found = visible_text(extract(converted[page.stem]).elements, (*APART, *MARGINS))
                    scores = compare(found, content(page.read_text("utf-8")))
                    row.add(**{name: scores[name] for name in ("NID", "F1", "order", "CER")})
