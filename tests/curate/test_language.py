"""Languages that nobody expects."""

from __future__ import annotations

import pytest

from benchmarks.curation import flags_of
from doclake.settings.curation import LanguageSettings

_GERMAN = "Die Pumpe wurde im Mai ausgetauscht, und die alte liegt als Ersatz im Schuppen."
_KOREAN = "방앗간의 펌프를 5월에 바꾸었고, 옛 펌프는 예비로 헛간에 두었다. 날씨가 맑았다."
_ENGLISH = "The pump was replaced in May, and the old one is kept as a spare in the shed."


def _flags(text: str, language: str | None = None, **settings) -> tuple[str, ...]:
    row = {"text": text, "language": language}
    return flags_of("language", row, LanguageSettings(**settings))


def test_another_language_than_the_expected_ones_is_flagged():
    assert _flags(_GERMAN, "de") == ("unexpected_language",)
    assert _flags(_GERMAN, "de", expected=["de"]) == ()
    assert _flags(_GERMAN, "de", expected=[]) == ()
    assert _flags(_ENGLISH, "en") == _flags(_KOREAN, "ko") == ()


def test_korean_and_english_in_one_chunk_are_mixed_only_where_one_of_them_is_not_expected():
    both = f"{_KOREAN} {_ENGLISH}"
    assert _flags(both, "ko") == ()
    assert "mixed_scripts" in _flags(f"{_KOREAN} {_ENGLISH}", "ko", expected=["en"])
    assert _flags("Насос заменили в мае. " * 2 + _ENGLISH, "en") == ("mixed_scripts",)


def test_letters_that_look_like_others_are_told():
    looks = _ENGLISH.replace("a", "\u0430").replace("e", "\u0435")
    assert "mixed_scripts" in _flags(looks, "en")


@pytest.mark.parametrize("text", ["Anhang", "7\t8\t9", "Müller GmbH", "x = y + z", ""])
def test_short_texts_and_numbers_show_no_language(text):
    assert _flags(text) == ()


def test_a_language_that_the_model_does_not_know_is_undetermined():
    ashaninka = "Aquempetavacaajeita maaroni atiri. Timatsi aquenqueshirejeitantari maaroni."
    assert _flags(ashaninka) == ("undetermined",)
