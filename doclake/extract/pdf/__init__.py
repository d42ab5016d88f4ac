"""PDF: text with boxes, structure, tables, forms, annotations, attachments, scans.

One pass reads every page through the chosen engine into `page.Page`; everything after that is
the same for both engines. `doclake.extract.pdf.Pdf` is the format; it runs in the guarded child.
"""

from __future__ import annotations

from pathlib import Path

from doclake.extract.model import Extraction, Options
from doclake.extract.pdf.expansion import check_streams
from doclake.extract.pdf.layout import LayoutModel
from doclake.extract.pdf.page import Engine
from doclake.extract.pdf.reading import Reading


class Pdf:
    """`Format` of PDF documents, through PyMuPDF or pypdfium2 (`recipe.pdf_engine`)."""

    def extract(self, file: Path, options: Options) -> Extraction:
        """Raises DocumentEncrypted, DocumentMalformed, DocumentEmpty, LimitExceeded and, where
        OCR is needed and missing, DependencyMissing."""
        check_streams(file, options.limits)
        engine = _open(file, options)
        model = None
        try:
            if options.recipe.pdf_mode == "layout":
                model = LayoutModel(file, options.password)
            return Reading(engine, options, model).extraction()
        finally:
            engine.close()
            if model is not None:
                model.close()


def _open(file: Path, options: Options) -> Engine:
    """The engine of the recipe; the other one is not even imported."""
    if options.recipe.pdf_engine == "pypdfium2":
        from doclake.extract.pdf.pdfium import Pdfium

        return Pdfium(file, options.password)
    from doclake.extract.pdf.mupdf import MuPdf

    return MuPdf(file, options.password)
