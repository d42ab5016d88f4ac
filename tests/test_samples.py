"""The committed samples are what their generator writes, and hold what the questions ask for."""

from __future__ import annotations

import email
import email.policy
import hashlib
import runpy
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pymupdf
import pytest
import yaml

from doclake import settings

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
DOCUMENTS = SAMPLES / "documents"
QUESTIONS = [
    {"source": source, **entry}
    for source in ("handbook", "finance")
    for entry in yaml.safe_load((SAMPLES / f"questions-{source}.yaml").read_text("utf-8"))
]


def pdf_text(file: Path) -> str:
    return "\n".join(page.get_text() for page in pymupdf.open(file))


def docx_text(file: Path) -> str:
    document = docx.Document(str(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def zip_text(file: Path) -> str:
    with zipfile.ZipFile(file) as packed:
        names = [name for name in packed.namelist() if name.endswith(".xml")]
        return "\n".join(packed.read(name).decode("utf-8") for name in names)


def attached_text(file: Path, name: str) -> str:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    (part,) = (part for part in message.iter_attachments() if part.get_filename() == name)
    return "\n".join(page.get_text() for page in pymupdf.open(stream=part.get_content()))


def mail_text(file: Path) -> str:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return message.get_body().get_content()


READERS: dict[str, Callable[[Path], str]] = {
    ".pdf": pdf_text,
    ".docx": docx_text,
    ".pptx": zip_text,
    ".hwpx": zip_text,
    ".html": lambda file: file.read_text("utf-8"),
    ".md": lambda file: file.read_text("utf-8"),
    ".txt": lambda file: file.read_text("euc-kr"),
    ".csv": lambda file: file.read_text("cp949"),
    ".xlsx": zip_text,
    ".eml": mail_text,
}


def documents() -> list[Path]:
    return sorted(file for file in DOCUMENTS.rglob("*") if file.is_file())


def test_the_generator_writes_exactly_the_committed_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SAMPLES))
    write = runpy.run_path(str(SAMPLES / "generate.py"))["write"]
    made = {file.relative_to(tmp_path): file for file in write(tmp_path)}
    committed = {file.relative_to(DOCUMENTS) for file in documents()}
    assert set(made) == committed
    plain = [path for path in committed if path.suffix in {".html", ".md", ".txt", ".csv", ".hwpx"}]
    assert len(plain) == 5
    for path in plain:  # the others hold what another library wrote, which its version decides
        assert made[path].read_bytes() == (DOCUMENTS / path).read_bytes()


def test_samples_stay_small() -> None:
    sizes = [file.stat().st_size for file in documents()]
    assert len(sizes) == 16
    assert max(sizes) < 200_000
    assert sum(sizes) < 1_500_000


def test_the_readme_names_every_sample() -> None:
    readme = (SAMPLES / "README.md").read_text("utf-8")
    for file in documents():
        assert f"`{file.relative_to(DOCUMENTS)}`" in readme


def test_the_settings_in_the_root_read_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = settings.load(ROOT / "doclake.yaml")
    assert set(loaded.sources) == {"handbook", "finance"}
    assert loaded.sources["handbook"].access == ("everyone",)
    assert loaded.sources["finance"].access == ("group:finance",)
    assert loaded.sources["finance"].recipe.chunk.max_tokens == 192


@pytest.mark.parametrize("question", QUESTIONS, ids=[q["question"] for q in QUESTIONS])
def test_the_answer_to_a_question_stands_in_its_documents(question: dict[str, Any]) -> None:
    for path in question["documents"]:
        name, _, attachment = path.partition("!/")
        file = DOCUMENTS / question["source"] / name
        text = attached_text(file, attachment) if attachment else READERS[file.suffix](file)
        assert question.get("text", "") in " ".join(text.split())


def test_each_source_is_asked_in_two_languages() -> None:
    for source in ("handbook", "finance"):
        asked = [q["question"] for q in QUESTIONS if q["source"] == source]
        korean = [text for text in asked if any("가" <= letter <= "힣" for letter in text)]
        assert 8 <= len(set(asked)) == len(asked) <= 12
        assert 4 <= len(korean) <= len(asked) - 4


def test_the_report_has_three_pages_two_columns_and_two_tables() -> None:
    pages = list(pymupdf.open(DOCUMENTS / "handbook/annual-report-2025.pdf"))
    assert len(pages) == 3
    assert [page.get_text().count(f"Page {n} of 3") for n, page in enumerate(pages, 1)] == [1] * 3
    assert sum(len(page.find_tables().tables) for page in pages) == 2
    left_edges = {round(line[0]) for line in pages[0].get_text("words")}
    assert min(left_edges) < 70
    assert any(300 < edge < 320 for edge in left_edges)


def test_the_scan_is_an_image_without_text() -> None:
    (page,) = pymupdf.open(DOCUMENTS / "handbook/harbour-notice-2026-4.scan.pdf")
    assert page.get_text() == ""
    (image,) = page.get_images()
    assert image[2] == pytest.approx(595 / 72 * 200, abs=2)


def test_the_broken_report_cannot_be_opened() -> None:
    with pytest.raises(pymupdf.FileDataError):
        pymupdf.open(DOCUMENTS / "handbook/annual-report-2025.upload.pdf")


def test_the_copy_has_the_bytes_of_the_original() -> None:
    folder = DOCUMENTS / "finance"
    names = ["maintenance-agreement.docx", "archive/Copy of maintenance-agreement.docx"]
    digests = {hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    assert len(digests) == 1


def test_formulas_have_values_that_agree_with_the_annual_report() -> None:
    file = DOCUMENTS / "finance/budget-2026.xlsx"
    shown = openpyxl.load_workbook(file, data_only=True)["Budget"]
    formulas = openpyxl.load_workbook(file)["Budget"]
    assert formulas["B10"].value == "=SUM(B4:B9)"
    assert shown["B10"].value == sum(shown[f"B{row}"].value for row in range(4, 10))
    assert shown["B4"].value == 2310
    assert "2,310" in pdf_text(DOCUMENTS / "handbook/annual-report-2025.pdf")


def test_the_mail_has_a_korean_subject_and_a_pdf() -> None:
    raw = (DOCUMENTS / "finance/T2 점검 결과.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Subject"] == "T2 터빈 정기 점검 결과 보고"
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "T2 점검 보고서.pdf"
    (page,) = pymupdf.open(stream=attachment.get_content())
    assert "ISO VG 320" in page.get_text()


def test_old_encodings_are_what_they_claim_to_be() -> None:
    csv = (DOCUMENTS / "finance/수확 기록 2025.csv").read_bytes()
    rules = (DOCUMENTS / "handbook/태풍 대비 수칙.txt").read_bytes()
    for data, encoding in ((csv, "cp949"), (rules, "euc-kr")):
        assert data.decode(encoding)
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
