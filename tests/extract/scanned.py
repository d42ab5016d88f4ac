"""Pages of known text as pictures."""

from __future__ import annotations

import pymupdf
import pytest
from PIL import Image

from doclake.errors import DependencyMissing
from doclake.extract.ocr import tesseract

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
        tesseract._folder("kor+eng+osd")
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
