"""Pictures of pages: what is drawn is what the boxes of elements lie on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from doclake.errors import DocumentChanged, DocumentMalformed, UnsupportedFormat
from doclake.extract.document import Document
from doclake.extract.model import PagePicture
from doclake.extract.page_pictures import PagePictures
from doclake.settings import ExtractRecipe, Limits

RED = (72, 100, 172, 150)


@pytest.fixture(scope="module")
def pictures() -> Iterator[PagePictures]:
    drawing = PagePictures(Limits())
    yield drawing
    drawing.close()


def document(file: Path, **recipe: object) -> Document:
    known = hashlib.sha256(file.read_bytes()).hexdigest()
    chosen = ExtractRecipe(**recipe)
    return Document("s", "00", "0" * 32, file.name, chosen, lambda: file.open("rb"), known=known)


def pdf(file: Path, rotation: int = 0, crop: tuple[int, int, int, int] | None = None) -> Path:
    """A page with a red box at `RED` as displayed, after an empty one."""
    with pymupdf.open() as doc:
        doc.new_page()
        page = doc.new_page(width=400, height=600)
        if crop:
            page.set_cropbox(crop)
        page.set_rotation(rotation)
        page.draw_rect(pymupdf.Rect(RED) * page.derotation_matrix, color=None, fill=(1, 0, 0))
        doc.save(file)
    return file


def red_box(picture: PagePicture) -> tuple[float, ...]:
    """Where it is red, in points."""
    image = Image.open(io.BytesIO(picture.data))
    red, _, blue = image.split()
    found = Image.eval(blue, lambda value: 255 if value < 90 else 0).getbbox()
    assert found and red.getpixel(found[:2]) > 200
    points = picture.width / image.width
    return tuple(edge * points for edge in found)


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_page_is_drawn_upright_so_that_boxes_fit(engine, rotation, pictures, tmp_path):
    file = pdf(tmp_path / "a.pdf", rotation)
    picture = pictures.draw(document(file, pdf_engine=engine), 2)
    assert (picture.width, picture.height) == ((600, 400) if rotation else (400, 600))
    assert red_box(picture) == pytest.approx(RED, abs=1)


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_of_a_cropped_page_only_what_is_displayed_is_drawn(engine, pictures, tmp_path):
    file = pdf(tmp_path / "a.pdf", crop=(20, 30, 380, 580))
    picture = pictures.draw(document(file, pdf_engine=engine), 2)
    assert (picture.width, picture.height) == (360, 550)
    assert red_box(picture) == pytest.approx(RED, abs=1)


def test_a_frame_of_a_scan_is_a_page_in_the_points_of_its_boxes(pictures, tmp_path):
    frames = [Image.new("RGB", (850, 1100), "white") for _ in range(2)]
    frames[1].paste((255, 0, 0), tuple(round(edge * 100 / 72) for edge in RED))
    file = tmp_path / "scan.tiff"
    frames[0].save(file, save_all=True, append_images=frames[1:], dpi=(100, 100))
    picture = pictures.draw(document(file), 2)
    assert (picture.width, picture.height) == pytest.approx((612, 792))
    assert red_box(picture) == pytest.approx(RED, abs=1)


def test_a_page_as_large_as_a_wall_is_drawn_smaller(pictures, tmp_path):
    with pymupdf.open() as doc:
        doc.new_page(width=14_400, height=14_400)
        doc.save(tmp_path / "wall.pdf")
    picture = pictures.draw(document(tmp_path / "wall.pdf"), 1)
    assert picture.width == 14_400
    assert Image.open(io.BytesIO(picture.data)).width <= 2_000


def test_bytes_of_another_version_are_not_drawn(pictures, tmp_path):
    before = document(pdf(tmp_path / "a.pdf"))
    (tmp_path / "a.pdf").write_bytes((tmp_path / "a.pdf").read_bytes() + b"\n% more")
    with pytest.raises(DocumentChanged):
        pictures.draw(before, 2)


@pytest.mark.parametrize("page", [0, 3, 10**9])
def test_a_page_that_is_not_there_is_refused(page, pictures, tmp_path):
    with pytest.raises(DocumentMalformed, match=f"no page {page}; it has 2"):
        pictures.draw(document(pdf(tmp_path / "a.pdf")), page)


def test_a_format_without_pages_to_draw_is_refused(pictures, tmp_path):
    (tmp_path / "a.md").write_text("# Title\n\nText.\n")
    with pytest.raises(UnsupportedFormat):
        pictures.draw(document(tmp_path / "a.md"), 1)
