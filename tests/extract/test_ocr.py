"""Pages of known text, drawn here and read back by Tesseract."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from doclake.errors import DependencyMissing, DocumentEmpty, LimitExceeded
from doclake.extract import ocr
from doclake.extract.model import Extraction, Options
from doclake.extract.pdf import Pdf
from doclake.settings import ExtractRecipe, Limits

ENGLISH = [
    "The committee met on 14 March and agreed that the budget for road repair would rise by four "
    "percent, provided that the county could show how the money had been spent the year before.",
    "Members asked for a written report. It should list every contract, the name of the company, "
    "and the date on which the work was finished, so that delays can be compared.",
]
KOREAN = [
    "위원회는 삼월 십사일에 회의를 열고 도로 보수 예산을 사 퍼센트 늘리기로 뜻을 모았다. "
    "다만 지난해 예산을 어떻게 썼는지 군청이 먼저 설명해야 한다.",
    "의원들은 서면 보고서를 요구하였다. 보고서에는 모든 계약과 회사의 이름, 그리고 공사를 "
    "마친 날짜를 적어 지연을 비교할 수 있게 해야 한다.",
]


def require_models() -> None:
    try:
        ocr._folder("kor+eng+osd")
    except DependencyMissing as error:
        pytest.skip(str(error))


def drawn(columns: list[list[str]], dpi: int = 200) -> Image.Image:
    """A page of text set with MuPDF's own Korean font, as a picture."""
    doc = pymupdf.open()
    page = doc.new_page()
    width = (515 - 25 * (len(columns) - 1)) / len(columns)
    for index, texts in enumerate(columns):
        left = 40 + index * (width + 25)
        box = (left, 50, left + width, 800)
        room = page.insert_textbox(
            box, "\n\n".join(texts), fontname="korea", fontsize=11, lineheight=1.5
        )
        assert room >= 0
    pixels = page.get_pixmap(dpi=dpi, colorspace="gray", alpha=False)
    return Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)


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


def text_of(reading: ocr.Reading) -> str:
    return " ".join(line.text for line in reading.lines)


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_clean_page_is_read_with_at_most_one_percent_error(texts: list[str]) -> None:
    require_models()
    reading = ocr.read(drawn([texts]), ("kor", "eng"), 200)
    assert error_rate(text_of(reading), " ".join(texts)) <= 0.01
    assert reading.confidence > 0.8


def test_two_korean_columns_are_read_one_after_the_other() -> None:
    require_models()
    reading = ocr.read(drawn([KOREAN, KOREAN[::-1]]), ("kor", "eng"), 200)
    assert error_rate(text_of(reading), " ".join(KOREAN + KOREAN[::-1])) <= 0.02


def test_a_page_on_its_side_is_turned_and_a_leaning_one_straightened() -> None:
    require_models()
    upright = drawn([ENGLISH])
    side = ocr.read(upright.rotate(90, expand=True), ("eng",), 200)
    assert side.turn == 1
    assert error_rate(text_of(side), " ".join(ENGLISH)) <= 0.02
    leaning = ocr.read(upright.rotate(2, fillcolor=255), ("eng",), 200)
    assert -2.5 < leaning.skew < -1.5
    assert error_rate(text_of(leaning), " ".join(ENGLISH)) <= 0.02


def test_missing_models_are_named_with_the_command_that_installs_them() -> None:
    with pytest.raises(DependencyMissing, match="apt-get install tesseract-ocr-xyz"):
        ocr.read(Image.new("L", (50, 50), 255), ("xyz",), 200)


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    picture = Image.new("1", (40_000, 4_000))
    with pytest.raises(LimitExceeded):
        ocr.read(picture, ("eng",), 200)


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
