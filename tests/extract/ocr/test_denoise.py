"""Grain in pictures: it is calmed, and lines of text are not."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image

from doclake.extract.ocr import denoise, reader
from tests.extract.scanned import ENGLISH, KOREAN, drawn, require_models


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(7).normal(128, 80, (height, width))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def dotted(page: Image.Image, lines_per_inch: float, dpi: int) -> Image.Image:
    """The page printed on a ground of dots, a quarter of it dark, in a screen of 45 degrees."""
    y, x = np.mgrid[: page.height, : page.width]
    wave = 2 * np.pi * lines_per_inch / dpi / np.sqrt(2)
    dots = (np.cos(wave * (x + y)) + np.cos(wave * (x - y))) / 4 + 0.5 < 0.25
    return Image.fromarray(np.minimum(np.asarray(page), np.where(dots, 60, 255)).astype(np.uint8))


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["English", "Korean"])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_a_page_of_text_is_left_as_it_is(texts: list[str], dpi: int) -> None:
    page = drawn([texts * 2], dpi)
    assert denoise.denoised(page, dpi) is page


def test_noise_is_read_in_seconds() -> None:
    require_models()
    started = time.process_time()
    reader.read(noise(1200, 1200), ("kor", "eng"), 300)
    spent = time.process_time() - started
    page = drawn([ENGLISH], 300)
    started = time.process_time()
    reader.read(page, ("kor", "eng"), 300)
    assert spent < 10 * (time.process_time() - started)


def test_a_photograph_of_grain_beside_text_goes_and_the_text_stays() -> None:
    page = drawn([ENGLISH], 200)
    mixed = page.copy()
    mixed.paste(noise(1000, 800), (300, 1200))
    calm = denoise.denoised(mixed, 200)
    assert calm.crop((0, 0, page.width, 1100)).tobytes() == (
        page.crop((0, 0, page.width, 1100)).tobytes()
    )
    assert np.asarray(calm)[1400:1800, 500:1100].std() < 20


def test_text_on_a_ground_of_dots_is_read() -> None:
    require_models()
    read = reader.read(dotted(drawn([ENGLISH[1:]], 200), 85, 200), ("eng",), 200)
    text = " ".join(line.text for line in read.lines)
    assert "and the date on which the work was finished" in text
