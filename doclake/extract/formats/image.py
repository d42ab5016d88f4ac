"""Pictures: PNG, JPEG, TIFF (each frame a page), WebP, BMP, GIF, read by OCR."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import cast

from PIL import Image as Pictures
from PIL import ImageOps

from doclake.display import number_of
from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.formats.pdf import reading
from doclake.extract.layout.page import Page
from doclake.extract.limits import check_scans
from doclake.extract.model import Element, Extraction, MetadataField, Options
from doclake.extract.ocr import doubtful_pages, reader, scanned_pages

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
_TAGS = {270: "description", 305: "application", 306: "created", 315: "author"}
_USUAL_DPI = 200.0
_SMALLEST = 1000  # pixels: a smaller picture is enlarged, its letters are too small to read


class Image:
    """Reads pictures. Sizes are checked in the header, before a pixel is decoded."""

    def extract(self, file: Path, options: Options) -> Extraction:
        """Raises DocumentMalformed, DocumentEmpty, LimitExceeded, DependencyMissing."""
        Pictures.MAX_IMAGE_PIXELS = None  # Doclake's own limit raises an error instead of a warning
        try:
            # From a stream: Pillow may turn a TIFF wrongly when it maps it from a path.
            with file.open("rb") as stream, Pictures.open(stream, formats=FORMATS) as picture:
                pages = _pages(picture, options)
                sent, refused = doubtful_pages.pictures(
                    pages, frozenset(), lambda page: _frame(picture, page), options.recipe.vision
                )
                picture.seek(0)
                tags = _tags(picture)
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise DocumentMalformed(f"Not a readable picture: {error}") from None
        extraction = reading.extraction_of(pages)
        if options.recipe.ocr_words:
            scanned_pages.add_words(extraction.elements, pages)
        extraction.metadata = tags | {"text_layer": "image only"}
        if options.recipe.ocr != "off":
            extraction.page_metadata = [
                MetadataField("ocr", "picture", page.number) for page in pages
            ]
        extraction.pictures = sent
        extraction.page_metadata += refused
        if not extraction.elements and options.shown:
            extraction.elements = [_picture(page) for page in pages]
        if not extraction.elements:
            raise DocumentEmpty(
                f"No text on {number_of(len(pages), 'picture')}.",
                mend="" if options.recipe.ocr != "off" else "Set `recipe.extract.ocr: auto`.",
            )
        return extraction


def _picture(page: Page) -> Element:
    box = (0.0, 0.0, page.width, page.height)
    return Element("Image", "", page.method, page=page.number, bbox=box)


def _tags(picture: Pictures.Image) -> dict[str, str]:
    """What the EXIF of a photograph or the tags of a TIFF say."""
    values = {}
    for tag, name in _TAGS.items():
        value = picture.getexif().get(tag)
        if isinstance(value, str) and value.strip("\0 "):
            values[name] = value.strip("\0 ")
    if "created" in values:  # 2024:03:09 12:00:00
        values["created"] = values["created"].replace(":", "-", 2)
    return values


def _pages(picture: Pictures.Image, options: Options) -> list[Page]:
    count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if count > options.limits.pages:
        raise LimitExceeded(f"{count} pages; the limit is {options.limits.pages}.", pages=count)
    if options.recipe.ocr != "off":
        check_scans(count, options.limits)
    pages = []
    for index in range(count):
        picture.seek(index)
        reader.check_size(picture)
        if options.recipe.ocr == "off":
            pages.append(Page(index + 1, *picture.size))
            continue
        dpi = dpi_of(picture)
        frame = _flat(picture)
        scale = max(1.0, min(3.0, _SMALLEST / max(frame.size)))
        if scale > 1.3:
            size = round(frame.width * scale), round(frame.height * scale)
            frame, dpi = frame.resize(size, Pictures.Resampling.LANCZOS), dpi * scale
        text = reader.read(frame, options.recipe.ocr_languages, round(dpi))
        pages.append(scanned_pages.page_of(index + 1, text, dpi, find_tables=options.recipe.tables))
    return pages


def dpi_of(picture: Pictures.Image) -> float:
    """Pixels in an inch of the page: what the file says, unless that cannot be."""
    given = float(picture.info.get("dpi", (0, 0))[0] or 0)
    return given if 70 <= given <= 1200 else _USUAL_DPI


def _frame(picture: Pictures.Image, page: Page) -> Pictures.Image:
    picture.seek(page.number - 1)
    return _flat(picture)


def _flat(picture: Pictures.Image) -> Pictures.Image:
    """As `displayed`, in grey."""
    return displayed(picture).convert("L")


def displayed(picture: Pictures.Image) -> Pictures.Image:
    """Upright by its EXIF, on white: transparent parts would turn black like the ink."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layers = upright.convert("RGBA")
        white = Pictures.new("RGBA", layers.size, "white")
        upright = Pictures.alpha_composite(white, layers)
    if upright.mode == "LAB":
        return upright.getchannel(0)  # lightness
    return _stretched(upright) if upright.mode[0] in "IF" else upright


def _stretched(picture: Pictures.Image) -> Pictures.Image:
    """Pixels of more than 8 bits, or with fractions, from 0 at the darkest to 255 at the lightest:
    the file does not say how much of their range a scanner uses."""
    exact = picture.convert("F")
    low, high = cast(tuple[float, float], exact.getextrema())
    scale = 255 / (high - low) if isfinite(high - low) and high > low else 1.0
    return exact.point(lambda value: value * scale - low * scale).convert("L")
