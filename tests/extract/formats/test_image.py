"""Pictures of text in every format, drawn here and read back."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image as Pictures

from doclake.errors import DependencyMissing, DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.formats.image import Image
from doclake.extract.model import Extraction, Options
from doclake.extract.ocr import tesseract
from doclake.settings import ExtractRecipe, Limits


def picture(text: str) -> Pictures.Image:
    doc = pymupdf.open()
    page = doc.new_page(width=400, height=200)
    page.insert_textbox((30, 40, 370, 180), text, fontsize=14)
    pixels = page.get_pixmap(dpi=200, colorspace="gray", alpha=False)
    return Pictures.frombytes("L", (pixels.width, pixels.height), pixels.samples)


def read(file: Path, **recipe: object) -> Extraction:
    try:
        tesseract._folder("eng")
    except DependencyMissing as error:
        pytest.skip(str(error))
    chosen = ExtractRecipe(ocr_languages=("eng",), **recipe)
    return Image().extract(file, Options(chosen, Limits(), "image/png", file.name))


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp"])
def test_text_of_a_picture_is_read_with_its_place(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"page.{suffix}"
    picture("The ferry leaves at nine").save(file, dpi=(200, 200))
    made = read(file)
    assert [one.text for one in made.elements] == ["The ferry leaves at nine"]
    x0, _, x1, _ = made.elements[0].bbox or (0, 0, 0, 0)
    assert 25 < x0 < 40
    assert 150 < x1 < 240
    assert (made.pages, made.pages_with_text) == (1, 1)


def test_each_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    file = tmp_path / "fax.tiff"
    first, second = picture("First sheet of the fax"), picture("Second sheet of the fax")
    first.save(file, save_all=True, append_images=[second], dpi=(200, 200))
    made = read(file)
    assert [(one.page, one.text) for one in made.elements] == [
        (1, "First sheet of the fax"),
        (2, "Second sheet of the fax"),
    ]


def test_ink_on_a_transparent_ground_is_read(tmp_path: Path) -> None:
    ink = picture("Written on glass")
    glass = Pictures.new("RGBA", ink.size, (0, 0, 0, 0))
    glass.putalpha(ink.point(lambda value: 255 - value))
    file = tmp_path / "glass.png"
    glass.save(file, dpi=(200, 200))
    assert [one.text for one in read(file).elements] == ["Written on glass"]


def test_a_picture_without_text_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "blank.png"
    Pictures.new("L", (600, 400), 255).save(file)
    with pytest.raises(DocumentEmpty):
        read(file)


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    file = tmp_path / "bomb.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(LimitExceeded):
        read(file)


def test_bytes_that_are_no_picture_are_malformed(tmp_path: Path) -> None:
    file = tmp_path / "broken.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(DocumentMalformed):
        read(file)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_tiff_that_says_how_it_lies_is_turned(orientation: int, tmp_path: Path) -> None:
    turns = {
        3: Pictures.Transpose.ROTATE_180,
        6: Pictures.Transpose.ROTATE_90,
        8: Pictures.Transpose.ROTATE_270,
    }
    file = tmp_path / "lying.tiff"
    lying = picture("The ferry leaves at nine").transpose(turns[orientation])
    lying.save(file, dpi=(200, 200), tiffinfo={274: orientation})
    assert [one.text for one in read(file).elements] == ["The ferry leaves at nine"]


@pytest.mark.parametrize("kind", ["fractions", "sixteen bits", "twelve bits", "lightness"])
def test_pixels_of_other_depths_are_read(kind: str, tmp_path: Path) -> None:
    plain = picture("The ferry leaves at nine")
    values = np.asarray(plain)
    grey = Pictures.new("L", plain.size, 128)
    made = {
        "fractions": lambda: Pictures.fromarray(values.astype(np.float32) / 255),
        "sixteen bits": lambda: Pictures.fromarray(values.astype(np.uint16) * 257),
        "twelve bits": lambda: Pictures.fromarray(values.astype(np.uint16) * 16),
        "lightness": lambda: Pictures.merge("LAB", (plain, grey, grey)),
    }[kind]()
    file = tmp_path / "deep.tiff"
    made.save(file, dpi=(200, 200))
    assert [one.text for one in read(file).elements] == ["The ferry leaves at nine"]


def test_no_line_of_a_picture_many_times_as_tall_as_wide_is_lost(tmp_path: Path) -> None:
    line = picture("The ferry leaves at nine").crop((0, 80, 700, 180))
    tall = Pictures.new("L", (line.width, 42_000), 255)
    for number in range(24):
        tall.paste(line, (0, 1750 * number + 100))
    file = tmp_path / "receipt.png"
    tall.save(file, dpi=(200, 200))
    made = read(file)
    assert sum(one.text.count("The ferry leaves at nine") for one in made.elements) == 24
    boxes = [one.bbox for one in made.elements if one.bbox]
    assert boxes[-1][3] > 23 * 1750 * 72 / 200


def test_a_picture_wider_than_tesseract_takes_is_read_in_pieces(tmp_path: Path) -> None:
    line = picture("The ferry leaves at nine")
    wide = Pictures.new("L", (40_000, 400), 255)
    for left in (100, 38_000):
        wide.paste(line, (left, 0))
    file = tmp_path / "banner.png"
    wide.save(file, dpi=(200, 200))
    text = " ".join(one.text for one in read(file).elements)
    assert text.count("The ferry leaves at nine") == 2
