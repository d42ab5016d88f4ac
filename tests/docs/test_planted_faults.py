"""Every planted fault is named: the page is done as it stands, and names every document."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from tests.docs.test_quickstarts import ROOT, hold

PAGE = ROOT / "docs" / "planted_faults.md"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_page_shows_what_its_commands_print(tmp_path):
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    hold(PAGE, tmp_path)


def test_the_page_names_every_document_with_a_fault(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "samples"))
    monkeypatch.setattr(sys, "argv", ["planted.py", str(tmp_path)])
    runpy.run_path(str(ROOT / "samples" / "planted.py"), run_name="__main__")
    documents = tmp_path / "documents"
    written = {str(file.relative_to(documents)) for file in documents.rglob("*.*")}
    sound = {"en/notice.txt", "ko/알림.txt"}
    told = PAGE.read_text("utf-8")
    assert len(written) == 20
    assert [name for name in sorted(written - sound) if f"`{name}`" not in told] == []
    assert [file.name for file in _unlisted(tmp_path) if f"`{file.name}`" not in told] == []


def _unlisted(folder: Path) -> list[Path]:
    return list((folder / "unlisted").iterdir())
