"""doclake extract FILE."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from typer.testing import CliRunner

from doclake.errors import PageNotShown
from doclake_dagster.pipelines.cli.app import app


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_a_document_that_fails_says_why_whatever_form_is_asked_for(
    tmp_path: Path, form: str
) -> None:
    file = tmp_path / "minutes.docx"
    file.write_bytes(b"PK\x03\x04 and no more")
    done = CliRunner().invoke(app, ["extract", str(file), form])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("minutes.docx: The archive is broken")
    assert "save it again" in " ".join(done.stderr.split())


def test_personal_data_is_masked_as_the_settings_say_and_its_pages_are_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "doclake.yaml").write_text("recipe: {personal_data: mask}")
    monkeypatch.setenv("DOCLAKE_CONFIG", str(tmp_path))
    file, page = tmp_path / "letter.pdf", tmp_path / "page.html"
    letter = pymupdf.open()
    letter.new_page().insert_text((72, 72), "Write to hong@example.co.kr.")
    letter.save(file)
    assert "Write to [email]." in CliRunner().invoke(app, ["extract", str(file)]).stdout
    refused = CliRunner().invoke(app, ["extract", str(file), "--html", str(page)])
    assert isinstance(refused.exception, PageNotShown) and not page.exists()
