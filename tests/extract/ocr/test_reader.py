"""Pages of known text, drawn here and read back by Tesseract."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from doclake.errors import DependencyMissing, DocumentEmpty, LimitExceeded
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Extraction, Options
from doclake.extract.ocr import model, reader
from doclake.settings import ExtractRecipe, Limits
from tests.extract.scanned import ENGLISH, KOREAN, drawn, require_models


def error_rate(found: str, wanted: str) -> float:
    """Levenshtein distance over length, white space aside."""
    a, b = "".join(found.split()), "".join(wanted.split())
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1] / len(b)


def text_of(reading: model.Reading) -> str:
    return " ".join(line.text for line in reading.lines)


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_clean_page_is_read_with_at_most_one_percent_error(texts: list[str]) -> None:
    require_models()
    reading = reader.read(drawn([texts]), ("kor", "eng"), 200)
    assert error_rate(text_of(reading), " ".join(texts)) <= 0.01
    assert reading.confidence > 0.8


def test_two_korean_columns_are_read_one_after_the_other() -> None:
    require_models()
    reading = reader.read(drawn([KOREAN, KOREAN[::-1]]), ("kor", "eng"), 200)
    assert error_rate(text_of(reading), " ".join(KOREAN + KOREAN[::-1])) <= 0.02


def test_english_words_in_korean_lines_are_read_by_the_english_model() -> None:
    require_models()
    text = (
        "심장이 펌프처럼(pump) 혈액을 보내면 동맥(artery)을 지나 온몸으로 퍼진다. 이 흐름을 "
        "circulation 또는 순환이라고 하며, William Harvey가 1628년에 처음 밝혔다. 혈압은 "
        "120 이하가 정상(normal)이다."
    )
    doc = pymupdf.open()
    page = doc.new_page(height=200)
    page.insert_htmlbox((40, 40, 550, 190), text)
    pixels = page.get_pixmap(dpi=200, colorspace="gray", alpha=False)
    picture = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
    reading = reader.read(picture, ("kor", "eng"), 200)
    assert error_rate(text_of(reading), text) <= 0.03


def test_words_have_boxes_and_confidence_on_the_picture() -> None:
    require_models()
    reading = reader.read(drawn([["Three wooden boats"]]), ("eng",), 200)
    (line,) = reading.lines
    assert [word.text for word in line.words] == ["Three", "wooden", "boats"]
    edges = [edge for word in line.words for edge in (word.box[0], word.box[2])]
    assert edges == sorted(edges)
    assert all(0.8 < word.confidence <= 1 for word in line.words)
    assert line.box == (edges[0], line.box[1], edges[-1], line.box[3])


def test_a_page_on_its_side_is_turned_and_a_leaning_one_straightened() -> None:
    require_models()
    upright = drawn([ENGLISH])
    side = reader.read(upright.rotate(90, expand=True), ("eng",), 200)
    assert side.turn == 1
    assert error_rate(text_of(side), " ".join(ENGLISH)) <= 0.02
    leaning = reader.read(upright.rotate(2, fillcolor=255), ("eng",), 200)
    assert -2.5 < leaning.skew < -1.5
    assert error_rate(text_of(leaning), " ".join(ENGLISH)) <= 0.02


def test_missing_models_are_named_with_the_command_that_installs_them() -> None:
    with pytest.raises(DependencyMissing, match="apt-get install tesseract-ocr-xyz"):
        reader.read(Image.new("L", (50, 50), 255), ("xyz",), 200)


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    picture = Image.new("1", (40_000, 4_000))
    with pytest.raises(LimitExceeded):
        reader.read(picture, ("eng",), 200)


def scanned(tmp_path: Path, **recipe: object) -> Extraction:
    picture = tmp_path / "page.png"
    drawn([ENGLISH]).save(picture)
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_image(page.rect, filename=picture)
    file = tmp_path / "scan.pdf"
    doc.save(file)
    options = Options(ExtractRecipe(**recipe), Limits(), "application/pdf", file.name)
    return Pdf().extract(file, options)


def test_a_scanned_page_of_a_pdf_goes_to_ocr_with_the_reason_stored(tmp_path: Path) -> None:
    require_models()
    made = scanned(tmp_path)
    assert made.metadata["text_layer"] == "1: image only"
    assert {one.method for one in made.elements} == {"tesseract"}
    assert all(one.confidence and one.confidence > 0.8 for one in made.elements)
    x0, y0, x1, _ = made.elements[0].bbox or (0, 0, 0, 0)
    assert 35 < x0 < 50
    assert 45 < y0 < 70
    assert x1 < 560


def test_without_ocr_a_scan_is_empty_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty, match="image only"):
        scanned(tmp_path, ocr="off")
