"""Letters of symbol fonts are the signs that they show, not the letters that they are coded as."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake import extract_file
from doclake.settings import ExtractRecipe


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_ticks_and_greek_letters_are_read_as_shown(tmp_path: Path, engine: str) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), "Insured:")
        page.insert_text((118, 72), "4", fontname="zadb")
        page.insert_text((72, 150), "The angle of the roof is ")
        page.insert_text((208, 150), "abc", fontname="symb")
        document.save(tmp_path / "a.pdf")
    recipe = ExtractRecipe(pdf_engine=engine)
    (found,) = extract_file(tmp_path / "a.pdf", recipe=recipe)
    text = " ".join(" ".join(found.elements["text"].to_pylist()).split())
    assert text == "Insured: ✔ The angle of the roof is αβχ"
