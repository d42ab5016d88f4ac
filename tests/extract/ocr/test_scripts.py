"""Two readings of one line, put together: no Tesseract needed."""

from __future__ import annotations

from doclake.extract.ocr import scripts
from doclake.extract.ocr.symbols import Symbol, words

WIDTH = 20


def reading(text: str, confidence: float | list[float] = 99.0) -> list[Symbol]:
    """Symbols of equal width; a space is a gap of the same width."""
    symbols: list[Symbol] = []
    spaced = False
    for place, letter in enumerate(text):
        if letter == " ":
            spaced = True
            continue
        sure = confidence[place] if isinstance(confidence, list) else confidence
        box = (place * WIDTH, 0, place * WIDTH + WIDTH - 2, WIDTH)
        symbols.append(Symbol(letter, box, sure, spaced))
        spaced = False
    return symbols


def merged(korean: list[Symbol], english: list[Symbol]) -> str:
    line = scripts.merged([("kor", korean), ("eng", english)])
    return " ".join(word.text for word in words(line))


def test_each_stretch_is_taken_from_the_model_of_its_script() -> None:
    korean = reading("동맥(8167)을 본다", [99, 99, 99, 90, 88, 92, 90, 99, 99, 99, 99, 99])
    english = reading("SW(tube)S BU}", [90, 85, 99, 99, 99, 99, 99, 99, 80, 99, 85, 85, 70])
    assert merged(korean, english) == "동맥(tube)을 본다"


def test_a_number_that_both_read_stays_one_word() -> None:
    assert merged(reading("지난 1998년에"), reading("XR 1998SO", 90.0)) == "지난 1998년에"


def test_what_one_model_does_not_see_is_taken_from_the_other() -> None:
    assert (
        merged(reading("강과     "), reading("ZH Rhine", [88.0, 88.0, 0, 98, 98, 98, 98, 98]))
        == "강과 Rhine"
    )


def test_a_sure_korean_line_is_not_read_twice() -> None:
    assert not scripts.doubtful(reading("2024년, 봄(입춘)이 왔다."), "kor")
    assert scripts.doubtful(reading("봄이 spring"), "kor")
    assert scripts.doubtful(reading("값은 187", 92.0), "kor")
    assert not scripts.doubtful(reading("Spring came in 2024."), "eng")
    assert scripts.doubtful(reading("Spring S#}2", 90.0), "eng")


def test_models_of_one_alphabet_are_read_together_and_east_asian_ones_apart() -> None:
    assert scripts.groups(("eng", "deu")) == ["eng+deu"]
    assert scripts.groups(("kor", "eng", "deu")) == ["kor", "eng+deu"]
    assert scripts.groups(("eng", "jpn_vert", "chi_sim")) == ["jpn_vert", "chi_sim", "eng"]
