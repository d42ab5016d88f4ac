"""PDFs that a test sets with PyMuPDF, read in process by either engine."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Element, Extraction, Options
from doclake.settings import ExtractRecipe, Limits

ENGINES = pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])


def read(doc: pymupdf.Document, tmp_path: Path, **recipe: object) -> Extraction:
    file = tmp_path / "made.pdf"
    doc.save(file)
    chosen = ExtractRecipe(**{"ocr": "off", **recipe})
    return Pdf().extract(file, Options(chosen, Limits(), "application/pdf", file.name))


def of(made: Extraction, kind: str) -> list[Element]:
    return [one for one in made.elements if one.type == kind]
