"""Words of the question are shown where they stand."""

from __future__ import annotations

from doclake.search.snippet import highlights, window


def _shown(text: str, question: str) -> list[str]:
    return [text[start:end] for start, end in highlights(text, question)]


def test_words_of_the_question_are_marked_in_english_and_korean():
    assert _shown("The Spades hang by the door.", "where is the spade?") == ["Spades"]
    assert _shown("삽은 문 옆에 걸려 있다. 토마토를 심는다.", "토마토 심기") == ["토마토를"]
    assert _shown("Torque of KX-2045-B: 4 Nm", "kx-2045-b torque") == ["Torque", "KX-2045-B"]
    assert _shown("nothing of it", "spade") == []


def test_words_that_every_text_has_are_not_marked():
    shown = _shown("What the pump does: oil comes with these parts.", "What does the pump need?")
    assert shown == ["pump"]
    question = "펌프는 얼마나 자주 청소해야 합니까?"
    assert _shown("펌프는 물로 청소합니다. 날짜를 적어야 합니다.", question) == [
        "펌프는",
        "청소합니다",
    ]
    assert _shown("필요합니다. 어디에 있는지 묻는다.", "중요합니까? 어디에 있습니까?") == []
    assert _shown("What it does", "what does it do?") == []


def test_the_part_with_most_words_is_shown_and_its_spans_fit():
    text = "filler words here. " * 40 + "The spade and the rake hang here. " + "more filler. " * 40
    shown, spans = window(text, highlights(text, "spade rake"))
    assert len(shown) <= 310
    assert [shown[a:b] for a, b in spans] == ["spade", "rake"]
    assert shown.startswith("… ") and shown.endswith(" …")


def test_a_short_text_is_shown_whole():
    assert window("The spade.", [(4, 9)]) == ("The spade.", [(4, 9)])


def test_without_words_of_the_question_the_beginning_is_shown():
    shown, spans = window("word " * 200, [])
    assert shown.startswith("word word") and spans == []
