"""The page to look at: pictures of pages with the boxes of their elements."""

from __future__ import annotations

from html.parser import HTMLParser

import pyarrow as pa

from doclake.extract.model import PagePicture
from doclake.extract.render import page_preview
from doclake.tables.columns import PageBox
from doclake.tables.elements import ELEMENTS


def _box(page: int, x0: float, y0: float, x1: float, y1: float) -> PageBox:
    return {"page": page, "x0": x0, "y0": y0, "x1": x1, "y1": y1}


NAMES = ("ordinal", "type", "text", "page", "box", "hidden")
ROWS = [
    (0, "Title", 'Tides & "currents" <b>', 1, _box(1, 72.0, 60.0, 300.0, 90.0), None),
    (1, "NarrativeText", "Seen by nobody", 1, _box(1, 72.0, 100.0, 300.0, 120.0), "invisible"),
    (2, "Table", "| a |", 2, _box(2, 40.0, 50.0, 200.0, 90.0), None),
    (3, "Metadata", "no place", None, None, None),
]


class Boxes(HTMLParser):
    """Attributes of every box, and the number of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: list[dict[str, str]] = []
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.pictures += tag == "img" and named["src"].startswith("data:image/png;base64,")
        if named.get("class", "").startswith("box"):
            self.boxes.append(named)


def rendered(width: float = 595) -> Boxes:
    fields = [ELEMENTS.schema.field(name) for name in NAMES]
    columns = zip(*ROWS, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    elements = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    pictures = [PagePicture(page, "", 1.0, width, 842, b"a picture") for page in (1, 2)]
    seen = Boxes()
    seen.feed(page_preview.html_pages("two.pdf", pictures, elements))
    return seen


def test_every_page_has_its_picture_and_every_placed_element_its_box() -> None:
    seen = rendered()
    assert seen.pictures == 2
    assert [box["title"] for box in seen.boxes] == [
        'Title: Tides & "currents" <b>',
        "NarrativeText: Seen by nobody",
        "Table: | a |",
    ]
    assert [box["class"] for box in seen.boxes] == ["box", "box hidden", "box"]


def test_boxes_are_scaled_with_the_picture_and_coloured_by_type() -> None:
    first = rendered().boxes[0]
    assert "left:108px;top:90px;width:342px;height:45px" in first["style"]
    assert page_preview.COLOURS["Title"] in first["style"]


def test_a_page_as_large_as_a_wall_is_shown_smaller() -> None:
    first = rendered(width=14_400).boxes[0]
    left = float(first["style"].split("left:")[1].split("px")[0])
    assert left < 72
