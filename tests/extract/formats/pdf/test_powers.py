"""Powers on a page are written as powers, in prose and in tables, however the page is turned."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake import extract_file
from doclake.settings import ExtractRecipe

_PROSE = """<p>Some 10<sup>6</sup> cells on 5 m<sup>2</sup>, weight 10<sup>-3</sup> g, by
2<sup>n+1</sup> steps of H<sub>2</sub>O, as others<sup>3</sup> say.</p>"""


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_powers_in_prose(tmp_path: Path, engine: str, turn: int) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_htmlbox((50, 50, 540, 540), _PROSE, rotate=turn)
        page.set_rotation(turn)
        document.save(tmp_path / "a.pdf")
    text = " ".join(_read(tmp_path / "a.pdf", engine).split())
    assert text == (
        "Some 10^6 cells on 5 m², weight 10^-3 g, by 2^(n+1) steps of H2O, as others3 say."
    )


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_powers_in_a_table(tmp_path: Path, engine: str) -> None:
    rows = (
        ("Sample", "Area (m~2~)", "Cells"),
        ("North", "12", "3 × 10~6~"),
        ("South", "9", "4 × 10~9~"),
    )
    with pymupdf.open() as document:
        page = document.new_page()
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                x, y = 72.0 + 120 * across, 100.0 + 24 * down
                page.draw_rect((x - 4, y - 16, x + 116, y + 8))
                for at, piece in enumerate(cell.split("~")):
                    size, lift = (7, 4) if at == 1 else (11, 0)
                    page.insert_text((x, y - lift), piece, fontsize=size)
                    x += pymupdf.get_text_length(piece, fontsize=size)
        document.save(tmp_path / "a.pdf")
    text = _read(tmp_path / "a.pdf", engine)
    assert "| Sample | Area (m²) | Cells |" in text
    assert "| North | 12 | 3 × 10^6 |" in text
    assert "| South | 9 | 4 × 10^9 |" in text


def _read(path: Path, engine: str) -> str:
    (found,) = extract_file(path, recipe=ExtractRecipe(pdf_engine=engine))
    return "\n".join(row["text"] for row in found.elements.to_pylist())
