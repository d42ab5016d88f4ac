"""PDFs whose text is known: our own texts, printed by LibreOffice in the layouts people use.

The truth is what was given to the printer, so every character counts. Korean needs a font with
Hangul on the machine; one that LibreOffice finds is enough.
"""

from __future__ import annotations

import html
import re
import tempfile
from pathlib import Path

from benchmarks.accuracy import office
from benchmarks.accuracy.measures import APART, MARGINS, Row, Rows, compare, extract, visible_text
from benchmarks.accuracy.pages import PAGES, content

_COLUMNS = {"one column": 1, "two columns": 2}
_TARGET = ("NID", 0.97)
_REPEAT = 3
"""Texts a document: enough to fill more than one page."""


def score_printed(rows: Rows) -> None:
    """NID, F1 and order of the texts of `benchmarks/pages`, three of one language a document."""
    if office.program() is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        for language, prefix in (("English", "en"), ("Korean", "ko")):
            texts = [content(p.read_text("utf-8")) for p in sorted(PAGES.glob(f"{prefix}_*.html"))]
            paragraphs = [list(map(_plain, text.split("\n"))) for text in texts]
            for layout, columns in _COLUMNS.items():
                label = f"text pdf, {language}, {layout}"
                row = rows.setdefault(label, Row("what was printed", _TARGET))
                for number in range(0, len(paragraphs), _REPEAT):
                    part = [line for text in paragraphs[number : number + _REPEAT] for line in text]
                    source = Path(folder) / f"{prefix}{columns}_{number}.fodt"
                    source.write_text(document(part, columns), encoding="utf-8")
                    printed = office.convert(source, "pdf", Path(folder))
                    found = extract(printed).elements if printed else []
                    scores = compare(visible_text(found, (*APART, *MARGINS)), "\n".join(part))
                    row.add(**{name: scores[name] for name in ("NID", "F1", "order", "CER")})


def _plain(line: str) -> str:
    """A row of a table becomes a line of running text."""
    return re.sub(r"\s+", " ", line).strip()


def document(paragraphs: list[str], columns: int) -> str:
    """A flat OpenDocument text: A4, paragraphs as given, in so many columns."""
    body = "".join(f"<text:p>{html.escape(p)}</text:p>" for p in paragraphs if p)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles><style:default-style style:family="paragraph">
<style:paragraph-properties fo:margin-bottom="0.2cm"/><style:text-properties fo:font-size="14pt"/>
</style:default-style></office:styles>
<office:automatic-styles><style:style style:name="s" style:family="section">
<style:section-properties text:dont-balance-text-columns="true">
<style:columns fo:column-count="{columns}" fo:column-gap="0.8cm"/></style:section-properties>
</style:style></office:automatic-styles>
<office:body><office:text><text:section text:style-name="s" text:name="s">{body}</text:section>
</office:text></office:body></office:document>"""
