"""`doclake extract --html`: the boxes that it draws lie on the words, whatever the page came as."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageChops
from typer.testing import CliRunner

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli.app import app

DPI = 150
SIZE = (612, 792)  # points
LINES = {
    "The harbour opens at six in the morning": (72, 90),
    "Boats leave twice a day in the winter": (200, 330),
    "Nobody sails while the storm bell rings": (90, 640),
}
"""Where each line begins, in points: its left end, and where its letters stand."""
_NEAR = 4.0  # pixels of the screen


@pytest.fixture(autouse=True)
def _reads_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "settings" / "doclake.yaml"
    settings.parent.mkdir()
    settings.write_text("recipe: {extract: {ocr_languages: [eng]}}")
    monkeypatch.setenv("DOCLAKE_CONFIG", str(settings))


def scan(lines: dict[str, tuple[float, float]] = LINES) -> Image.Image:
    """A page of grey pixels."""
    with pymupdf.open() as drawn:
        page = drawn.new_page(width=SIZE[0], height=SIZE[1])
        for text, place in lines.items():
            page.insert_text(place, text, fontsize=14)
        pixels = page.get_pixmap(dpi=DPI, colorspace="gray", alpha=False)
        return Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)


def ink() -> dict[str, tuple[float, ...]]:
    """Where the ink of each line is, in points."""
    found = {}
    for text, place in LINES.items():
        box = ImageChops.invert(scan({text: place})).getbbox()
        assert box is not None
        found[text] = tuple(edge * 72 / DPI for edge in box)
    return found


class Shown(HTMLParser):
    """The pages of a preview: of each the size on the screen, and its boxes by their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pages: list[tuple[float, ...]] = []
        self.boxes: list[dict[str, tuple[float, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        kind, style = named.get("class", "").split(" ")[0], named.get("style", "")
        pixels = tuple(float(number) for number in re.findall(r":([\d.]+)px", style))
        if kind == "page":
            self.pages.append(pixels)
            self.boxes.append({})
        elif kind == "box":
            self.boxes[-1][named["title"].partition(": ")[2]] = pixels


def shown(file: Path, *options: str) -> Shown:
    page = file.with_suffix(".html")
    done = CliRunner().invoke(app, ["extract", str(file), "--html", str(page), *options])
    assert done.exit_code == 0, done.output
    return Shown(page.read_text("utf-8"))


def assert_on_the_words(seen: Shown, page: int = 0) -> None:
    assert seen.boxes[page].keys() == LINES.keys()
    for text, where in ink().items():
        x0, y0, x1, y1 = (edge * seen.pages[page][0] / SIZE[0] for edge in where)
        left, top, wide, high = seen.boxes[page][text]
        assert (left, left + wide) == pytest.approx((x0, x1), abs=_NEAR), text
        assert top + high / 2 == pytest.approx((y0 + y1) / 2, abs=_NEAR), text
        assert y1 - y0 - _NEAR <= high <= 2 * (y1 - y0), text


def png(file: Path) -> None:
    scan().save(file, "PNG", dpi=(DPI, DPI))


def photograph_held_sideways(file: Path) -> None:
    """Its pixels lie on their side; its EXIF says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = scan().transpose(Image.Transpose.ROTATE_90)
    turned.save(file, "JPEG", dpi=(DPI, DPI), quality=90, exif=exif)


def pdf(file: Path, turned: int = 0, margin: int = 0) -> None:
    """A scanned page, which may be turned when it is shown, or cropped out of a larger one."""
    with pymupdf.open() as made:
        data = io.BytesIO()
        image = scan().rotate(turned, expand=True)  # against the clock, and back when it is shown
        image.save(data, "PNG")
        width, height = (SIZE[1], SIZE[0]) if turned in (90, 270) else SIZE
        page = made.new_page(width=width + 2 * margin, height=height + 2 * margin)
        place = pymupdf.Rect(margin, margin, margin + width, margin + height)
        page.insert_image(place, stream=data.getvalue())
        page.set_cropbox(place)
        page.set_rotation(turned)
        made.save(file)


def turned_pdf(file: Path) -> None:
    pdf(file, turned=90)


def cropped_pdf(file: Path) -> None:
    pdf(file, margin=50)


@pytest.mark.slow
@pytest.mark.parametrize("write", [png, photograph_held_sideways, turned_pdf, cropped_pdf])
def test_boxes_lie_on_the_words(write: Callable[[Path], None], tmp_path: Path) -> None:
    file = tmp_path / "harbour"
    write(file)
    assert_on_the_words(shown(file))


@pytest.mark.slow
def test_every_frame_of_a_fax_is_a_page(tmp_path: Path) -> None:
    file = tmp_path / "fax.tiff"
    frames = [scan().convert("1") for _ in range(2)]
    frames[0].save(file, save_all=True, append_images=frames[1:], dpi=(DPI, DPI))
    seen = shown(file)
    assert len(seen.pages) == 2
    for page in range(2):
        assert_on_the_words(seen, page)


def test_a_small_picture_that_was_enlarged_to_be_read_is_shown_as_it_is(tmp_path: Path) -> None:
    text, place = next(iter(LINES.items()))
    left, top = place[0] - 12, place[1] - 24
    pixels = [round(edge * DPI / 72) for edge in (left, top, left + 300, top + 40)]
    scan({text: place}).crop((pixels[0], pixels[1], pixels[2], pixels[3])).save(
        tmp_path / "line.png", dpi=(DPI, DPI)
    )
    seen = shown(tmp_path / "line.png")
    scale = seen.pages[0][0] / 300
    x0, _, x1, _ = ink()[text]
    box = seen.boxes[0][text]
    assert (box[0], box[0] + box[2]) == pytest.approx(
        ((x0 - left) * scale, (x1 - left) * scale), abs=_NEAR
    )


@pytest.mark.slow
def test_a_scan_behind_a_password_is_shown_with_it(tmp_path: Path) -> None:
    pdf(tmp_path / "open.pdf")
    with pymupdf.open(tmp_path / "open.pdf") as made:
        made.save(tmp_path / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="kelp")
    assert_on_the_words(shown(tmp_path / "locked.pdf", "--password", "kelp"))


def test_a_document_without_pages_to_draw_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nText.\n")
    with pytest.raises(SettingsError, match="only PDF and pictures"):
        CliRunner().invoke(
            app, ["extract", str(tmp_path / "a.md"), "--html", "a.html"], catch_exceptions=False
        )
