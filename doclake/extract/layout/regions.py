"""From the lines of a page to the regions of a layout model."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.extract.layout.page import Line, Page
from doclake.extract.model import ElementType


def assign(page: Page, lines: Sequence[Line]) -> list[tuple[ElementType | None, list[Line]]]:
    """Lines by the region that their middle lies in, in the order of the regions. The lines
    outside all regions come last, so that the model loses no text."""
    by_region: list[list[Line]] = [[] for _ in page.regions]
    rest: list[Line] = []
    for line in lines:
        x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
        for (box, _), inside in zip(page.regions, by_region, strict=True):
            if box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2:
                inside.append(line)
                break
        else:
            rest.append(line)
    kinds = [kind for _, kind in page.regions]
    assigned = [(kind, inside) for kind, inside in zip(kinds, by_region, strict=True) if inside]
    return [*assigned, (None, rest)] if rest else assigned
