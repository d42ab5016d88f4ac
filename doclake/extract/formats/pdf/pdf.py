"""PDF: text with boxes, structure, tables, forms, annotations, attachments, scans.

One pass reads every page through the chosen engine into `page.Page`; everything after that is
the same for both engines. `Pdf` is the format; it runs in a confined worker.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

from doclake.extract.formats.pdf.reading import Reading
from doclake.extract.formats.pdf.region_model import LayoutModel
from doclake.extract.formats.pdf.stream_limits import check_streams
from doclake.extract.layout.page_source import Engine
from doclake.extract.model import Extraction, Options


class Pdf:
    """`Format` of PDF documents, through PyMuPDF or pypdfium2 (`recipe.pdf_engine`)."""

    def extract(self, file: Path, options: Options) -> Extraction:
        """Raises DocumentEncrypted, DocumentMalformed, DocumentEmpty, LimitExceeded and, where
        OCR is needed and missing, DependencyMissing."""
        check_streams(file, options.limits)
        engine = open_engine(file, options)
        model = None
        try:
            if options.recipe.pdf_mode == "layout":
                model = LayoutModel(file, options.password)
            with _collector_paused():
                return Reading(engine, options, model).extraction()
        finally:
            engine.close()
            if model is not None:
                model.close()


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: the text of a page is thousands of small objects without a
    cycle, and the search for cycles costs some 6 % of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def open_engine(file: Path, options: Options) -> Engine:
    """The engine of the recipe, the only one imported."""
    if options.recipe.pdf_engine == "pypdfium2":
        from doclake.extract.formats.pdf.pdfium import Pdfium

        return Pdfium(file, options.password)
    from doclake.extract.formats.pdf.mupdf import MuPdf

    return MuPdf(file, options.password)
