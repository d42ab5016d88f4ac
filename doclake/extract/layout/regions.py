"""Lines of a page to the regions that a layout model found."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.extract.layout.page import Line, Page
from doclake.extract.model import ElementType


def assign(page: Page, lines: Sequence[Line]) -> list[tuple[ElementType | None, list[Line]]]:
    """Lines by the region their middle lies in, in the order of the regions; what lies in none
    is appended, so that nothing is lost to the model."""
    held: list[list[Line]] = [[] for _ in page.regions]
    rest: list[Line] = []
    for line in lines:
        x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
        for (box, _), inside in zip(page.regions, held, strict=True):
            if box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2:
                inside.append(line)
                break
        else:
            rest.append(line)
    kinds = [kind for _, kind in page.regions]
    found = [(kind, inside) for kind, inside in zip(kinds, held, strict=True) if inside]
    return [*found, (None, rest)] if rest else found
