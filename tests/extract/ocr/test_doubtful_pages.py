"""Which pages count as badly read, and why."""

from __future__ import annotations

import pytest
from PIL import Image

from doclake.extract.layout.page import Line, Page
from doclake.extract.ocr import doubtful_pages
from doclake.settings import VisionSettings

SETTINGS = VisionSettings(url="http://localhost:8000", model="reader", per_document=1)
PROSE = "Members asked for a written report."


def page(text: str, read_with: float | None = None, number: int = 1) -> Page:
    line = Line(text, 50, 50, 400, 62, 12, confidence=read_with)
    method = "pymupdf" if read_with is None else "tesseract"
    return Page(number, 595, 842, [line], method=method)


@pytest.mark.parametrize(
    ("read", "broken", "reason"),
    [
        (page(PROSE), frozenset(), None),
        (page("위원회는 도로 보수 예산을 늘렸다 × 2 ± 1"), frozenset(), None),
        (page(PROSE, 0.9), frozenset(), None),
        (page(PROSE, 0.4), frozenset(), "low confidence"),
        (page(PROSE, 0.4), frozenset({1}), "broken text layer"),
        (page(f"{PROSE} \ue001\ue002"), frozenset(), "broken text layer"),
        (page("so ∑ xᵢ ≤ ∫ 𝑓 for all 𝑥 ∈ 𝐴 ∪ 𝐵 holds"), frozenset(), "formulas"),
    ],
)
def test_a_page_is_doubtful_for_a_reason(
    read: Page, broken: frozenset[int], reason: str | None
) -> None:
    judged = doubtful_pages.doubt(read, broken, SETTINGS)
    assert (judged and judged[1]) == reason


def test_the_worst_pages_are_sent_and_what_is_not_says_why() -> None:
    pages = [page(PROSE, 0.5), page(PROSE, 0.3, 2), page("x", 0.1, 3)]
    sent, refused = doubtful_pages.pictures(
        pages, frozenset(), lambda _: Image.new("RGB", (4000, 400)), SETTINGS
    )
    assert [(one.page, one.confidence) for one in sent] == [(2, 0.3)]
    assert sent[0].data.startswith(b"\x89PNG")
    assert {field.page: field.value.partition(": ")[2] for field in refused} == {
        1: "beyond recipe.extract.vision.per_document",
        3: "it has no words that could confirm an answer",
    }
