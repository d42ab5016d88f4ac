"""Documents with scanned pages: their time, and what becomes of them without Tesseract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from doclake.errors import DependencyMissing, ParserTimeout
from doclake.extract import limits
from doclake.extract.extractor import extract_file
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Extraction, NeedsTime, Options
from doclake.extract.ocr import tesseract
from doclake.settings import ExtractRecipe, Limits
from tests.extract.conftest import Extract
from tests.extract.scanned import ENGLISH, drawn, require_models

TYPED = "The harbour office is open from nine to five on every working day of the week."
ENGINES = ["pymupdf", "pypdfium2"]


@pytest.fixture
def without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which no models are installed."""
    monkeypatch.setattr(tesseract, "_FOLDERS", (str(tmp_path / "nowhere"),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    tesseract.open_engine.cache_clear()
    yield
    tesseract.open_engine.cache_clear()


def document(tmp_path: Path, pages: str) -> Path:
    """A PDF with a typed page for each `t` and a scanned one for each `s`."""
    picture = tmp_path / "scan.png"
    drawn([ENGLISH[1:]], dpi=150).save(picture)
    doc = pymupdf.open()
    for kind in pages:
        page = doc.new_page()
        if kind == "t":
            page.insert_textbox((50, 50, 500, 300), TYPED)
        else:
            page.insert_image(page.rect, filename=picture)
    file = tmp_path / "report.pdf"
    doc.save(file)
    return file


def read(file: Path, given: Limits | None = None, **recipe: object) -> Extraction:
    chosen = ExtractRecipe(ocr_languages=("eng",), **recipe)
    return Pdf().extract(file, Options(chosen, given or Limits(), "application/pdf", file.name))


@pytest.mark.parametrize("engine", ENGINES)
def test_without_tesseract_typed_pages_are_kept_and_the_scans_named(
    engine: str, tmp_path: Path, without_tesseract: None
) -> None:
    made = read(document(tmp_path, "tsstts"), pdf_engine=engine)
    assert [(one.page, one.text) for one in made.elements] == [(1, TYPED), (4, TYPED), (5, TYPED)]
    assert (made.pages, made.pages_with_text) == (6, 3)
    (scans,) = made.children
    assert scans.name == "pages 2-3, 6.pdf"
    file = tmp_path / scans.name
    file.write_bytes(scans.data)
    with pytest.raises(DependencyMissing, match="apt-get install tesseract-ocr-eng"):
        read(file, pdf_engine=engine)
    assert len(pymupdf.open(file)) == 3


def test_without_tesseract_a_document_of_scans_alone_fails(
    tmp_path: Path, without_tesseract: None
) -> None:
    with pytest.raises(DependencyMissing):
        read(document(tmp_path, "ss"))


def test_the_scans_are_a_failed_document_of_their_own_that_may_be_tried_again(
    tmp_path: Path,
) -> None:
    recipe = ExtractRecipe(ocr_languages=("xyz",))
    root, scans = extract_file(document(tmp_path, "ts"), recipe, Limits())
    assert root.error is None
    assert root.elements["text"].to_pylist() == [TYPED]
    assert (root.pages, root.pages_with_text, root.pages_with_elements) == (2, 1, 1)
    assert scans.path == "report.pdf!/page 2.pdf"
    assert isinstance(scans.error, DependencyMissing)
    assert scans.error.retryable
    assert "apt-get install tesseract-ocr-xyz" in scans.error.mend


def test_scanned_and_typed_pages_stand_in_order_with_words_where_asked(tmp_path: Path) -> None:
    require_models()
    made = read(document(tmp_path, "st"), ocr_words=True)
    assert not made.children
    scanned, typed = made.elements
    assert (scanned.page, typed.page) == (1, 2)
    assert typed.html is None
    assert scanned.html is not None
    first = scanned.html.partition("</span>")[0]
    title, _, word = first.removeprefix('<span class="ocrx_word" title="').partition('">')
    assert word == "Members"
    box, confidence = title.split("; ")
    x0, y0, x1, y1 = map(float, box.removeprefix("bbox ").split())
    assert 35 < x0 < 45 < x1 < 120
    assert 45 < y0 < y1 < 80
    assert 80 < int(confidence.removeprefix("x_wconf ")) <= 100


def test_time_grows_with_scanned_pages_up_to_its_limit() -> None:
    given = Limits(timeout_seconds=60, seconds_per_scanned_page=10, scan_seconds=300)
    limits.check_scans(6, given)
    with pytest.raises(NeedsTime) as needed:
        limits.check_scans(7, given)
    assert needed.value.pages == 7
    assert limits.for_scans(given, 7).timeout_seconds == 130
    assert limits.for_scans(given, 5000).timeout_seconds == 300
    limits.check_scans(5000, limits.for_scans(given, 5000))
    assert limits.for_scans(Limits(scan_seconds=0), 9).timeout_seconds == Limits().timeout_seconds


def test_a_long_scan_outlives_the_limit_of_other_documents(extract: Extract) -> None:
    ((scan,),) = extract("scan 3", timeout_seconds=0.5, seconds_per_scanned_page=20)
    assert scan.error is None
    assert scan.elements["text"].to_pylist() == ["allowed 60.5"]
    assert scan.cpu_seconds > 0.5


def test_a_scan_beyond_its_hard_limit_times_out(extract: Extract) -> None:
    ((scan,),) = extract("scan 900", timeout_seconds=0.5, scan_seconds=1, wall_clock_factor=100)
    assert isinstance(scan.error, ParserTimeout)
    assert 1 <= scan.cpu_seconds < 5
    assert "1 s of CPU in 100 s are allowed" in scan.error.message
