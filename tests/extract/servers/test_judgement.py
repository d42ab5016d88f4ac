"""What a page confirms, though OCR errs, and what it does not."""

from __future__ import annotations

import pytest

from doclake.extract.servers import judgement
from tests.extract.scanned import ENGLISH, KOREAN

MISREAD = [
    ENGLISH[0].replace("m", "rn").replace("committee", "cornrnitlee").replace("li", "h"),
    ENGLISH[1].replace("report", "rcporl").replace("company", "cornpany").replace(" the", "the"),
]
MISREAD_KOREAN = [
    text.replace("예산", "예신").replace("회의", "희의").replace(" 도로", "도로") for text in KOREAN
]
MADE_UP = (
    "Quarterly revenue climbed because international customers purchased additional telescopes, "
    "according to astronomers whose laboratory overlooks the glacier."
)
MADE_UP_KOREAN = (
    "분기 매출이 늘어난 까닭은 해외 고객이 망원경을 더 샀기 때문이라고 "
    "천문학자들이 빙하 곁에서 밝혔다."
)


@pytest.mark.parametrize(("right", "page"), [(ENGLISH, MISREAD), (KOREAN, MISREAD_KOREAN)])
def test_a_right_answer_is_confirmed_by_a_page_that_was_misread(
    right: list[str], page: list[str]
) -> None:
    assert judgement.refusal(right, judgement.Words(page), []) is None


@pytest.mark.parametrize(
    ("answer", "page", "why"),
    [
        ([*ENGLISH, MADE_UP], MISREAD, "made up"),
        ([*KOREAN, MADE_UP_KOREAN], MISREAD_KOREAN, "made up"),
        ([MADE_UP], ENGLISH, "the page knows"),
        ([MADE_UP_KOREAN], KOREAN, "the page knows"),
        (["I'm sorry, I can't help with this picture."], ENGLISH, "excuse"),
        (["죄송합니다. 이미지를 읽을 수 없습니다."], KOREAN, "excuse"),
        ([ENGLISH[0]], ENGLISH, "read well"),
        ([KOREAN[1]], KOREAN, "read well"),
        (ENGLISH * 4, ENGLISH, "repeats itself"),
        ([], ENGLISH, "empty"),
        (["| |"], ENGLISH, "empty"),
    ],
)
def test_what_the_page_does_not_say_is_refused(
    answer: list[str], page: list[str], why: str
) -> None:
    assert why in (judgement.refusal(answer, judgement.Words(page), page) or "confirmed")


def test_another_number_is_another_word() -> None:
    words = judgement.Words(["The pond holds 1948 litres."])
    assert words.knows("1948")
    assert not words.knows("1949")
