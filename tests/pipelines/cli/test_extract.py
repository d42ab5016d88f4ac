"""doclake extract FILE."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

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
