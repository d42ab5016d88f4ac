"""Toxic words however they are spelt, and words that hold the same letters."""

from __future__ import annotations

import pytest

from benchmarks.curation import flags_of
from doclake.settings.curation import ToxicitySettings


def _flags(text: str, **settings) -> tuple[str, ...]:
    return flags_of("toxicity", {"text": text}, ToxicitySettings(**settings))


@pytest.mark.parametrize(
    "text",
    [
        "you f*cking moron", "go f u c k yourself", "fuuuuck you", "you are a sh1thead",
        "ＦＵＣＫ you",
        "f\u200buck you", "you \u0430sshole", "씨발 뭐야", "시1발 뭐야", "씨 발 뭐야", "ㅅㅂ 뭐야",
        "ㅅㅣㅂㅏㄹ 뭐야", "tlqkf 뭐야", "병.신.아", "개 새 끼",
    ],
)  # fmt: skip
def test_disguises_are_seen_through(text):
    assert _flags(text)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("insult", "You are a pathetic loser."),
        ("insult", "이 더러운 놈, 인간쓰레기야."),
        ("threat", "I'm going to kill you and your family."),
        ("threat", "네 가족까지 다 죽여버리겠다."),
        ("hate", "All the refugees should be exterminated."),
        ("hate", "난민은 기생충이니 박멸해야 한다."),
        ("sexual", "Free xxx porn videos of horny girls."),
        ("sexual", "무료 야동 다운로드"),
    ],
)
def test_the_kind_is_told(flag, text):
    assert flag in _flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe, Penistone and Essex assess their assets.",
        "Breast cancer, vaginal discharge and erectile dysfunction are treated here.",
        "He was convicted of murder and rape after he threatened to kill his wife.",
        "Kill the child process and the zombie.",
        "이 사업의 시발점은 2019년이다.",
        "새끼 고양이가 새끼손가락을 물었다.",
        "그는 잠을 자지 않고 아무것도 보지 못했다.",
        "유방암과 음경암은 조기에 치료한다.",
        "오후 3시 8분에 다시 발표한다.",
        "전염병하고 싸우는 의료진",
        "경찰은 살인 사건을 수사하였다.",
    ],
)
def test_places_medicine_news_and_farms_are_clean(text):
    assert _flags(text) == ()


def test_one_mild_word_flags_nothing_and_several_do():
    assert _flags("The damn pump broke again.") == ()
    assert _flags("The damn pump broke again, what crap, shit.") == ("profanity",)
    assert _flags("The damn pump broke again.", threshold=0.2) == ("profanity",)


@pytest.mark.parametrize(
    "text",
    [
        "You people ruin everything you touch and should crawl away.",
        "You are not worth the air that you breathe, you sorry little man.",
        "네까짓 게 뭘 안다고 나대냐.",
    ],
)
def test_what_no_list_holds_is_learned(text):
    assert _flags(text) == ("learned",)


@pytest.mark.parametrize(
    "text", ["Ouch.", "Close the valve before you leave the room.", "밸브를 잠그고 나가 주세요."]
)
def test_what_is_learned_leaves_orders_and_cries_alone(text):
    assert _flags(text) == ()
