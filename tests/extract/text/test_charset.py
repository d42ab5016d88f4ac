"""Encodings are told from the bytes."""

from __future__ import annotations

import pytest

from doclake.extract.text import charset

TEXTS = {
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. " * 8,
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"
    * 8,
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"
    * 8,
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. " * 8,
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren, schön für größere. "
    * 8,
}


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        *(("ko", c) for c in ("cp949", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "johab")),
        *(("ja", c) for c in ("cp932", "euc_jp", "iso2022_jp", "utf-16-be")),
        *(("zh", c) for c in ("gb18030", "hz", "utf-16-le")),
        *(("ru", c) for c in ("cp1251", "koi8_r", "iso8859_5", "cp866")),
        *(("de", c) for c in ("cp1252", "mac_roman", "utf-32")),
    ],
)
def test_text_survives_its_encoding(language: str, codec: str) -> None:
    assert charset.decode(TEXTS[language].encode(codec))[0] == TEXTS[language]


def test_a_wrong_declaration_does_not_win() -> None:
    page = '<meta charset="euc-kr"><p>가나다라'.encode()
    assert charset.decode(page)[0].endswith("가나다라")


def test_lines_in_two_encodings_are_each_read() -> None:
    mixed = "이름,값\n".encode("cp949") + "가나다,1\n".encode() + "라마바,2\n".encode("cp949")
    assert charset.decode(mixed)[0] == "이름,값\n가나다,1\n라마바,2\n"


def test_no_bytes_ever_fail() -> None:
    assert charset.decode(bytes(range(256)) * 4)[0]


@pytest.mark.parametrize(
    "text",
    [
        "It’s the harbour’s rule — don’t moor here.",
        "“The café,” she said, “is closed for £5 – we’ll see…”",
        "He didn’t say “no” to the 5–6 offers.",
    ],
)
def test_short_english_with_typographic_marks_is_windows_1252(text: str) -> None:
    assert charset.decode(text.encode("cp1252")) == (text, "cp1252")


@pytest.mark.parametrize(
    ("text", "codec"),
    [("información del país y más", "mac_roman"), ("это не то, что мы видим", "cp1251")],
)
def test_letters_of_other_code_pages_are_no_marks_of_english(text: str, codec: str) -> None:
    assert charset.decode((text + " ").encode(codec) * 20)[0] == (text + " ") * 20


@pytest.mark.parametrize(
    ("label", "text", "codec"),
    [
        ("iso-8859-1", "It’s “fine” – costs €20… Œuvre™", "cp1252"),
        ("latin1", "It’s “fine” – costs €20… Œuvre™", "cp1252"),
        ("ISO_8859-1:1987", "Preis: 20 € – „gut“", "cp1252"),
        ("x-cp1252", "Preis: 20 € – „gut“", "cp1252"),
        ("iso-8859-9", "“Türkçe” – 5 € ığş", "cp1254"),
        ("iso-8859-11", "ราคา “20” บาท…", "cp874"),
        ("tis-620", "ราคา “20” บาท…", "cp874"),
        ("x-gbk", "价格：20元，朱镕基", "gb18030"),
        ("ksc_5601", "똠방각하", "cp949"),
        ("windows-31j", "①㈱髙﨑", "cp932"),
        ("x-mac-cyrillic", "Цена: 20 рублей", "mac-cyrillic"),
        ("iso-8859-8-i", "שלום עולם", "iso8859-8"),
    ],
)
def test_labels_mean_what_browsers_read_under_them(label: str, text: str, codec: str) -> None:
    page = f'<meta charset="{label}"><p>{text}</p>'.encode(codec)
    assert charset.decode(page) == (page.decode(codec), codec)
    assert charset.decode(text.encode(codec), declared=label)[0] == text


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-9"])
def test_bytes_that_a_western_page_does_not_define_are_controls(label: str) -> None:
    text = b"Caf\xe9 \x93au lait\x94 \x81\x8d et th\xe9"
    assert charset.decode(text, declared=label)[0] == "Café “au lait” \x81\x8d et thé"


def test_a_western_label_does_not_win_over_japanese() -> None:
    text = "これは議事録です。次回の会議は三月五日に行います。"
    assert charset.decode(text.encode("cp932"), declared="iso-8859-1")[0] == text


def test_a_declaration_in_ascii_cannot_name_utf_16() -> None:
    page = '<meta charset="utf-16"><p>It’s the harbour’s rule — don’t moor here.</p>'
    for padding in ("", " "):
        assert charset.decode((page + padding).encode("cp1252"))[0] == page + padding


@pytest.mark.parametrize(
    ("codec", "texts"),
    [
        (
            "cp1252",
            (
                "Où êtes-vous allés cet été ?",
                "Objet : congés payés\n\nJe confirme mes congés du 3 au 17 août.\nJérôme Lefèvre\n",
                "Nom;Prénom;Ville\nLefèvre;Jérôme;Orléans\nNoël;Zoé;Besançon\n",
                "Name;Straße;Betrag\nMüller;Bäckergasse 5;20 €\n",
                "Größe: 5 m²\nFläche: 20 m²\n",
                "La città è bella. Perché no?",
                "Temperature: 25 °C\nHumidity: 40 %\n",
                "naïve café",
                "Total: €500",
                "He said “no”.",
                "Das ist „gut“ – oder nicht?",
                "SÃO PAULO",
                "José Peña",
            ),
        ),
        (
            "cp1250",
            ("Zażółć gęślą jaźń.", "Kde je můj klíč?", "Győri út.txt", "Kraków jest piękny"),
        ),
        ("cp1254", ("İstanbul'da yağmur yağıyor.", "Ad;Şehir\nÇağrı;Muğla\n")),
        ("mac_roman", ("Stück;Preis\nÄpfel;3,20 €\n", "L’hôtel « Beau Séjour » est complet.")),
        ("cp850", ("Räkning", "Straße und Größe\r\nÜbung\r\n")),
        ("cp1251", ("Где мой ключ?", "Привет")),
        ("cp866", ("Спасибо за ваш заказ.",)),
        ("iso8859_5", ("Спасибо за ваш заказ.",)),
        ("cp1253", ("Σύνολο: 500\n",)),
        ("cp1255", ("שלום", "דוח חודשי.txt")),
        ("cp949", ("이름", "A형", "㈜한국 대표이사\n", "책장 1개, 의자 2개\n", "A조 B조 C조")),
        ("johab", ("견적서", "학교 종이 땡땡땡")),
        ("cp932", ("ありがとうございます。", "ソフト", "名前")),
        ("euc_jp", ("ありがとうございます。",)),
        ("gb18030", ("北京", "价格：100元")),
        ("big5", ("臺北市", "姓名,年齡\n張三,20\n")),
    ],
)
def test_a_short_text_is_read_in_the_page_where_it_is_of_one_language(
    codec: str, texts: tuple[str, ...]
) -> None:
    for text in texts:
        assert charset.decode(text.encode(codec))[0] == text


def test_ebcdic_is_only_taken_for_text_whose_words_end_as_its_words_do() -> None:
    assert charset.decode((TEXTS["de"] * 2).encode("cp500"))[0] == TEXTS["de"] * 2
    assert charset.decode("RÉSUMÉ".encode("cp1252"))[0] == "RÉSUMÉ"


GERMAN = "Die Straße ist gesperrt. Größe: 5 m. Übung macht den Meister.\n"


@pytest.mark.parametrize("times", [1, 2, 3, 20])
@pytest.mark.parametrize(
    ("foreign", "text"),
    [
        (b"Das Caf\xe9 ist zu.\n", "Das Café ist zu.\n"),
        (
            b"Das Kaf" + b"\xe9" + " ist zu, ärgerlich.\n".encode(),
            "Das Kafé ist zu, ärgerlich.\n",
        ),
        (b"M\xfcller \x96 20 \x80\n", "Müller – 20 €\n"),
    ],
)
def test_a_foreign_letter_leaves_the_rest_in_utf_8(times: int, foreign: bytes, text: str) -> None:
    before, after = GERMAN * times, "Ärger über Öl.\n"
    assert charset.decode(before.encode() + foreign)[0] == before + text
    assert charset.decode(foreign + before.encode())[0] == text + before
    assert charset.decode(foreign + after.encode())[0] == text + after


def test_a_foreign_line_in_another_script_is_read() -> None:
    lines = "Сегодня я не могу прийти.\nУвидимся позже.\n"
    mixed = lines.encode() + "Где мой ключ?\n".encode("cp1251")
    assert charset.decode(mixed)[0] == lines + "Где мой ключ?\n"


@pytest.mark.parametrize("text", ["회의록입니다. 다음 회의", "Die Straße ist größer – ü"])
def test_utf_8_that_was_cut_ends_in_a_sign_of_loss(text: str) -> None:
    assert charset.decode(text.encode()[:-1]) == (text[:-1] + "\ufffd", "utf-8")


def test_korean_lines_that_happen_to_be_utf_8_stay_korean() -> None:
    text = "품목,수량\n책,3\n체,2\n청,1\n책상,5\n의자,4\n"
    assert charset.decode(text.encode("cp949")) == (text, "cp949")
