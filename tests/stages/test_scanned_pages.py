"""A PDF with a scanned page on a machine without Tesseract, and once it is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from doclake.extract.ocr import tesseract
from doclake.lake import ledger
from doclake.operate import replay
from doclake.stages import documents, elements
from tests.extract.scanned import ENGLISH, drawn, require_models
from tests.flow import Flow

TYPED = "The harbour office is open from nine to five on every working day of the week."


def test_a_scanned_page_is_named_as_failed_and_read_when_tesseract_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_models()
    models = tmp_path / "models"
    models.mkdir()
    monkeypatch.setenv("TESSDATA_PREFIX", str(models))
    Flow.write_settings(tmp_path, recipe={"extract": {"ocr_languages": ["harbour"]}})
    (tmp_path / "documents").mkdir()
    write(tmp_path / "documents" / "report.pdf")
    flow = Flow(tmp_path)

    extract(flow)
    root, scans = ledger.read(flow.lake, flow.context().scope)
    assert (root["path"], root["status"], root["pages"]) == ("report.pdf", ledger.OK, 2)
    assert (root["pages_with_text"], root["pages_with_elements"]) == (1, 1)
    assert (scans["path"], scans["status"]) == ("report.pdf!/page 2.pdf", ledger.FAILED)
    assert (scans["error"], scans["retryable"]) == ("dependency_missing", True)
    (failure,) = replay.failures(flow.lake, "notes")
    assert failure["path"] == "report.pdf!/page 2.pdf"
    assert "apt-get install tesseract-ocr-harbour" in failure["mend"]
    assert texts(flow) == [TYPED]

    shutil.copy(tesseract._folder("eng") / "eng.traineddata", models / "harbour.traineddata")
    extract(flow, retry_now=True)
    (root,) = ledger.read(flow.lake, flow.context().scope)
    assert (root["status"], root["pages_with_elements"]) == (ledger.OK, 2)
    assert texts(flow)[0] == TYPED
    assert " ".join(texts(flow)[1:]).startswith("Members asked for a written report.")


def write(file: Path) -> None:
    """A page of typed text and a scanned one."""
    doc = pymupdf.open()
    doc.new_page().insert_textbox((50, 50, 500, 300), TYPED)
    picture = file.parent.parent / "scan.png"
    drawn([ENGLISH[1:]], dpi=150).save(picture)
    page = doc.new_page()
    page.insert_image(page.rect, filename=picture)
    doc.save(file)


def extract(flow: Flow, **options: Any) -> None:
    documents.run(flow.context(**options))
    elements.run(flow.context(**options))


def texts(flow: Flow) -> list[str]:
    rows = flow.lake.read("elements", flow.context().scope, ["ordinal", "text"])
    return rows.sort_by("ordinal")["text"].to_pylist()
