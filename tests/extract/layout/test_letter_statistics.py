"""A text layer whose glyphs are mapped to wrong letters is told from every language."""

from __future__ import annotations

import random
import string

import pytest

from doclake.extract.layout.letter_statistics import make_no_words

ENGLISH = """\
The harbour opens at noon and closes when the tide is low. Boats that arrive later wait
outside the breakwater, where the pilot meets them with a lantern and shows the way
between the rocks. Whoever brings fish pays nothing for the night; all others pay the
keeper in the small house beside the northern light, who writes their names into a heavy
book and rings the bell twice."""
TEXTS = {
    "English": ENGLISH,
    "German": """\
Der Hafen öffnet mittags und schließt, wenn das Wasser niedrig steht. Boote, die später
kommen, warten vor dem Wellenbrecher, wo der Lotse sie mit einer Laterne empfängt und
ihnen den Weg zwischen den Felsen zeigt. Wer Fische bringt, bezahlt nichts für die
Nacht; alle anderen bezahlen den Wärter in dem kleinen Haus neben dem nördlichen
Leuchtfeuer, der ihre Namen aufschreibt.""",
    "Polish": """\
Port otwiera się w południe i zamyka, kiedy woda jest niska. Łodzie, które przypływają
później, czekają przed falochronem, gdzie pilot spotyka je z latarnią i pokazuje drogę
między skałami. Kto przywozi ryby, nie płaci nic za noc; wszyscy inni płacą strażnikowi
w małym domu obok północnej latarni, który zapisuje ich imiona w ciężkiej księdze i dwa
razy dzwoni dzwonem na wieży.""",
    "Turkish": """\
Liman öğlen açılır ve su alçaldığında kapanır. Daha sonra gelen tekneler dalgakıranın
önünde bekler; kılavuz onları bir fenerle karşılar ve kayaların arasındaki yolu
gösterir. Balık getiren gece için hiçbir şey ödemez; diğerleri kuzey fenerinin yanındaki
küçük evde oturan bekçiye öder, o da adlarını ağır bir deftere yazar ve çanı iki kez
çalar.""",
    "Russian": """\
Гавань открывается в полдень и закрывается, когда вода стоит низко. Лодки, которые
приходят позже, ждут за волнорезом, где лоцман встречает их с фонарём и показывает
дорогу между скалами. Кто привозит рыбу, ничего не платит за ночь; все остальные платят
смотрителю в маленьком доме.""",
    "Korean": "항구는 정오에 열리고 물이 낮아지면 닫힌다. 늦게 오는 배는 방파제 밖에서 기다린다. "
    * 8,
    "mixed": "항구 harbour 는 정오에 open 하고 tide 가 낮으면 close 한다. 등대 lighthouse 옆 창고. "
    * 8,
    "Japanese": "港は正午に開き、水が低くなると閉まる。遅れて来る船は防波堤の外で待つ。" * 12,
    "numbers": "4711-22 | 17,45 | 2026-03-01 | 88 % | 12.000 | " * 20,
    "codes": " ".join(f"XQ{number:05d}ZK" for number in range(200)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_somebody_wrote_makes_words(name: str) -> None:
    assert not make_no_words(TEXTS[name])


@pytest.mark.parametrize("seed", range(5))
def test_letters_that_are_exchanged_make_none(seed: int) -> None:
    exchanged = list(string.ascii_lowercase)
    random.Random(seed).shuffle(exchanged)
    assert make_no_words(
        ENGLISH.lower().translate(str.maketrans(string.ascii_lowercase, "".join(exchanged)))
    )


def test_scripts_mixed_in_words_make_none() -> None:
    greek = str.maketrans("aeiou", "αειου")
    assert make_no_words(ENGLISH.translate(greek))


def test_syllables_that_nobody_writes_make_none() -> None:
    chance = random.Random(1)
    assert make_no_words("".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(400)))


def test_signs_instead_of_letters_make_none() -> None:
    assert make_no_words(ENGLISH.translate(str.maketrans("etaoin", "§¤¦¬¶#")))


def test_a_few_letters_tell_nothing() -> None:
    assert not make_no_words("xqzj vkwx")
