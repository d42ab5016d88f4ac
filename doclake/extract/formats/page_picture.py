"""The picture of one page, as the boxes of its elements lie on it. Runs in a worker.

A task names the page in front of the name of its document: `3/report.pdf`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import DocumentMalformed, UnsupportedFormat
from doclake.extract.model import Element, Extraction, Options, PagePicture, Reader
from doclake.extract.registry import format_of
from doclake.settings import Engine

if TYPE_CHECKING:
    from PIL import Image

_DPI = 144
_MOST = 4_000_000  # pixels; a larger page is drawn smaller


def task_name(page: int, name: str) -> str:
    return f"{page}/{name}"


def _page_of(name: str) -> int:
    return int(name.partition("/")[0])


def can_show(media_type: str | None) -> bool:
    """Whether pages of such a document can be drawn."""
    row = format_of(media_type)
    return row is not None and row.name in _DRAWN


def load(media_type: str, engine: Engine = "native") -> Reader:  # noqa: ARG001 (the guard's)
    """What draws a page of a document; raises `UnsupportedFormat` if nothing does."""
    row = format_of(media_type)
    if row is None or row.name not in _DRAWN:
        raise UnsupportedFormat(f"No pages of {media_type} can be drawn.", media_type=media_type)
    return _DRAWN[row.name]


class _PageOfPdf:
    """Drawn by the engine that found the boxes: others may crop and turn a page in another way."""

    def extract(self, file: Path, options: Options) -> Extraction:
        from doclake.extract.formats.pdf.pdf import open_engine
        from doclake.extract.formats.pdf.stream_limits import check_streams

        check_streams(file, options.limits)
        engine = open_engine(file, options)
        try:
            number = _existing(_page_of(options.name), engine.page_count)
            page = engine.page(number - 1)
            area = max(page.width * page.height, 1.0)
            dpi = min(_DPI, max(1, math.floor(72 * math.sqrt(_MOST / area))))
            picture = engine.render(number - 1, dpi, colour=True)
            return _extraction(number, engine.page_count, page.width, page.height, picture)
        finally:
            engine.close()


class _FrameOfPicture:
    def extract(self, file: Path, options: Options) -> Extraction:
        from PIL import Image

        from doclake.extract.formats import image
        from doclake.extract.ocr.reader import check_size

        Image.MAX_IMAGE_PIXELS = None  # `check_size` raises an error of ours
        try:
            with file.open("rb") as stream, Image.open(stream, formats=image.FORMATS) as picture:
                frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
                number = _existing(_page_of(options.name), frames)
                picture.seek(number - 1)
                check_size(picture)
                points = 72 / image.dpi_of(picture)
                shown = image.displayed(picture).convert("RGB")
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise DocumentMalformed(f"Not a readable picture: {error}") from None
        size = shown.width * points, shown.height * points
        shrunk = math.sqrt(_MOST / (shown.width * shown.height))
        if shrunk < 1:
            shown = shown.resize(
                (max(1, int(shown.width * shrunk)), max(1, int(shown.height * shrunk)))
            )
        return _extraction(number, frames, *size, shown)


_DRAWN: Mapping[str, Reader] = {"PDF": _PageOfPdf(), "pictures": _FrameOfPicture()}


def _existing(page: int, pages: int) -> int:
    if not 1 <= page <= pages:
        raise DocumentMalformed(f"There is no page {page}; it has {pages}.")
    return page


def _extraction(
    page: int, pages: int, width: float, height: float, picture: Image.Image
) -> Extraction:
    written = io.BytesIO()
    picture.save(written, "PNG")
    shown = PagePicture(page, "asked for", 1.0, width, height, written.getvalue())
    whole = Element("Image", "", "picture", page=page, bbox=(0.0, 0.0, width, height))
    return Extraction([whole], pages=pages, pages_with_text=0, letters=0, pictures=[shown])
