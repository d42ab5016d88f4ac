"""Objects in OpenDocument: charts and formulas, each in a folder of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doclake.errors import DocumentMalformed
from doclake.extract.cells.cell import Cell, rows_from_text, to_text
from doclake.extract.containers.safe_xml import local
from doclake.extract.containers.zip_package import Package
from doclake.extract.text.cleaning import clean

if TYPE_CHECKING:
    from lxml import etree

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_CHART = f"{{{_OASIS}:chart:1.0}}"
_TABLE = f"{{{_OASIS}:table:1.0}}"
_TEXT = f"{{{_OASIS}:text:1.0}}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_PART = re.compile(r"([^/]+)/content\.xml")
_EMPTY = "1.#NAN"  # how LibreOffice writes a cell of a chart that has no value


def read(package: Package) -> dict[str, etree._Element]:
    """The contents of the objects by their folders; broken ones are left out."""
    objects = {}
    for name in package.names:
        match = _PART.fullmatch(name)
        if match:
            try:
                objects[match[1]] = package.xml(name, recover=True)
            except DocumentMalformed:
                continue
    return objects


def target(node: etree._Element) -> str:
    """The folder that a `draw:object` refers to."""
    return (node.get(_HREF) or "").removeprefix("./").strip("/")


def formula(root: etree._Element) -> str:
    """A formula as it was typed; empty for other objects."""
    if local(root) != "math":
        return ""
    typed = next((node for node in root.iter() if local(node) == "annotation"), None)
    text = "".join(typed.itertext()) if typed is not None else " ".join(root.itertext())
    return clean(text, lines=False)


def chart(root: etree._Element) -> tuple[str, list[list[Cell]]]:
    """Title and values of a chart: one column per series, one row per category."""
    titles = [node for kind in ("title", "subtitle") for node in root.iter(f"{_CHART}{kind}")]
    words = [clean("".join(t.itertext()), lines=False) for t in titles if not _is_of_axis(t)]
    rows = [_values(row) for row in root.iter(f"{_TABLE}table-row")]
    rows = [row for row in rows if any(row)]
    return ": ".join(filter(None, words)), rows_from_text(rows, header=True)


def text(root: etree._Element) -> str:
    """The text of a formula, or of a chart with one line for each category."""
    title, rows = chart(root)
    return formula(root) or "\n".join(filter(None, [title, to_text(rows)]))


def _is_of_axis(title: etree._Element) -> bool:
    return local(title.getparent()) == "axis"


def _values(row: etree._Element) -> list[str]:
    cells = (cell for cell in row if local(cell) == "table-cell")
    texts = (" ".join("".join(p.itertext()) for p in cell.iter(f"{_TEXT}p")) for cell in cells)
    return ["" if text.upper() == _EMPTY else text for text in texts]
