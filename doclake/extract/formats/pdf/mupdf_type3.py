"""Text in Type 3 fonts, whose glyphs are small drawings. MuPDF paints some of them stroke by stroke
and then says that their text is invisible: only the painted page shows that it is not.

https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf, 9.6.5
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from doclake.extract.formats.pdf import mupdf_textpage
from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Line, Page

if TYPE_CHECKING:
    from PIL import Image

_EVEN = 40  # of 255: difference of grey that a reader would see


def show_painted(page: Page, source: Any) -> None:
    """Set `alpha` of the invisible lines in Type 3 fonts that the page, unrotated, shows, and take
    the strokes of their glyphs from the page's paint. A line on a picture stays as it is: nothing
    tells its paint from the picture's."""
    unseen = [line for line in page.lines if line.alpha == 0]
    if not unseen:
        return
    fonts = _type3_fonts(source)
    suspects = [line for line in unseen if line.font in fonts and not _on_picture(line, page)]
    if not suspects:
        return
    shown = [
        line for line, painted in zip(suspects, _painted(suspects, source), strict=True) if painted
    ]
    for line in shown:
        line.alpha = 255
    boxes = [line.box for line in shown]
    page.fills = [fill for fill in page.fills if not _in_one(fill.box, boxes)]
    page.rules = [rule for rule in page.rules if not _in_one(rule, boxes)]


def _type3_fonts(source: Any) -> set[str]:
    """Names of the page's Type 3 fonts, as MuPDF gives them to spans."""
    fonts = [font for font in source.get_fonts() if font[2] == "Type3"]
    return {name or f"Type3 ({xref} 0 R)" for xref, _, _, name, *_ in fonts}


def _on_picture(line: Line, page: Page) -> bool:
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    return any(
        picture.box[0] <= x <= picture.box[2] and picture.box[1] <= y <= picture.box[3]
        for picture in page.images
    )


def _in_one(box: Box, boxes: list[Box]) -> bool:
    """Does a box lie in one of these?"""
    x0, y0, x1, y1 = box
    return any(
        left <= x0 + 1 and x1 <= right + 1 and top <= y0 + 1 and y1 <= bottom + 1
        for left, top, right, bottom in boxes
    )


def _painted(lines: list[Line], source: Any) -> list[bool]:
    """Does the page, drawn at one pixel a point, show more than one shade in the box of a line?"""
    from PIL import Image

    matrix = source.rotation_matrix
    boxes = [mupdf_textpage.turned(line.box, matrix) for line in lines]
    area = (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
    )
    drawn = source.get_pixmap(colorspace="gray", alpha=False, clip=area)
    picture = Image.frombytes("L", (drawn.width, drawn.height), drawn.samples)
    return [_is_uneven(picture, box, drawn.x, drawn.y) for box in boxes]


def _is_uneven(picture: Image.Image, box: Box, left: int, top: int) -> bool:
    """`left` and `top` are those of the picture, which ends where the page ends."""
    x0, y0 = max(math.floor(box[0]) - left, 0), max(math.floor(box[1]) - top, 0)
    x1, y1 = min(math.ceil(box[2]) - left, picture.width), math.ceil(box[3]) - top
    y1 = min(y1, picture.height)
    if x0 >= x1 or y0 >= y1:
        return False
    darkest, lightest = cast(tuple[int, int], picture.crop((x0, y0, x1, y1)).getextrema())
    return lightest - darkest >= _EVEN
