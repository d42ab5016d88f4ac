"""Jupyter notebooks: cells of Markdown and code, and what running them printed.

https://nbformat.readthedocs.io/en/latest/format_description.html, versions 3 and 4
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.formats.plain.markdown import to_html
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_RICHEST = ("text/html", "text/markdown", "text/latex", "text/plain")
_MARKDOWN_CELLS = ("markdown", "heading")


class Notebook:
    """Markdown cells as Markdown is read, code as Code, outputs as text, tables and pictures."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        try:
            notebook = json.loads(text)
        except RecursionError:
            raise LimitExceeded("The values nest too deep.") from None
        except ValueError as error:
            raise DocumentMalformed(f"No valid JSON: {error}") from None
        blocks = Blocks("notebook", options.limits)
        for cell in _cells(notebook):
            _add_cell(cell, blocks)
        if not blocks.elements:
            raise DocumentEmpty("The notebook has no text.")
        title = next((e.text for e in blocks.elements if e.type == "Title" and e.level == 1), None)
        return Extraction(blocks.elements, title=title, metadata=_metadata(notebook, codec))


def _cells(notebook: Any) -> Iterator[dict[str, Any]]:
    """The cells of version 4, or those of the worksheets of version 3."""
    sheets = notebook.get("worksheets") if isinstance(notebook, dict) else None
    for sheet in [notebook, *(sheets if isinstance(sheets, list) else [])]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                yield cell


def _metadata(notebook: dict[str, Any], codec: str) -> dict[str, str]:
    about = notebook.get("metadata")
    kernel = about.get("kernelspec") if isinstance(about, dict) else None
    language = kernel.get("language") if isinstance(kernel, dict) else None
    found = {"encoding": codec}
    if isinstance(language, str) and language:
        found["programming_language"] = language
    return found


def _add_cell(cell: dict[str, Any], blocks: Blocks) -> None:
    kind = cell.get("cell_type")
    source = joined(cell.get("source", cell.get("input")))
    if kind in _MARKDOWN_CELLS:
        level = cell.get("level") if kind == "heading" else None
        marks = "#" * level + " " if isinstance(level, int) and 0 < level < 7 else ""
        html.read(to_html(marks + source), blocks, boilerplate=False)
    elif kind == "code":
        blocks.add("Code", source)
    else:
        blocks.add("NarrativeText", source)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            _add_output(output, blocks)


def _add_output(output: dict[str, Any], blocks: Blocks) -> None:
    data = output.get("data")
    if not isinstance(data, dict):  # version 3 has no inner mapping, and short names
        short = {"png": "image/png", "jpeg": "image/jpeg", "html": "text/html"}
        data = {short.get(name, name): value for name, value in output.items()}
    pictures = [name for name in data if name.startswith("image/")]
    words = joined(data.get("text/plain"))
    if pictures:
        blocks.add_picture(words)
        return
    kind = next((name for name in _RICHEST if joined(data.get(name)).strip()), None)
    if kind in ("text/html", "text/markdown"):
        rich = joined(data[kind])
        html.read(rich if kind == "text/html" else to_html(rich), blocks, boilerplate=False)
    elif kind is not None:
        blocks.add("Formula" if kind == "text/latex" else "Code", joined(data[kind]))
    elif output.get("output_type") in ("error", "pyerr"):
        blocks.add("Code", ": ".join(joined(output.get(name)) for name in ("ename", "evalue")))
    else:
        blocks.add("Code", joined(output.get("text")))


def joined(value: Any) -> str:
    """A text that is written as one string or as a list of its lines; anything else is empty."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
