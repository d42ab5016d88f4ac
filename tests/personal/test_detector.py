"""What is found in a text, in whatever spelling, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from benchmarks.personal_data import LANGUAGES, measured
from doclake.personal.detector import find
from doclake.settings.personal_data import KINDS


def _found(text: str, **options) -> list[tuple[str, str]]:
    return [(f.kind, text[f.start : f.end]) for f in find(text, **options)]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("email", "메일은kim@example.co.kr으로", "kim@example.co.kr"),
        ("email", "kim＠example．com", "kim＠example．com"),
        ("email", "a mail to kim@\nexample.com.", "kim@\nexample.com"),
        ("phone", "번호 ０１０－１２３４－５６７８", "０１０－１２３４－５６７８"),
        ("phone", "전화 010\u20131234\u00a05678", "010\u20131234\u00a05678"),
        ("phone", "010\u200b1234\u200b5678", "010\u200b1234\u200b5678"),
        ("phone", "call 010-1234-\n5678", "010-1234-\n5678"),
        ("phone", "+49 (0)171 2345678", "+49 (0)171 2345678"),
        ("phone", "Tel. (02) 345-6789", "(02) 345-6789"),
        ("phone", "call (212) 555-2368 ext. 12", "(212) 555-2368 ext. 12"),
        ("card", "4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("card", "Amex 378282246310005", "378282246310005"),
        ("iban", "DE89 3704 0044 0532 0130 00 and", "DE89 3704 0044 0532 0130 00"),
        ("ip_address", "from 203.0.113.42/24", "203.0.113.42"),
        ("ip_address", "2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
        ("mac_address", "00:1A:2b:3C:4d:5E", "00:1A:2b:3C:4d:5E"),
        ("resident_number", "900101-1234568", "900101-1234568"),
        ("resident_number", "201101-3987654", "201101-3987654"),
        ("resident_number", "주민등록번호는 9001011234567", "9001011234567"),
        ("business_number", "120-81-47521", "120-81-47521"),
        ("ssn", "SSN 536 22 1234", "536 22 1234"),
        ("passport", "여권 M123A4567", "M123A4567"),
        ("drivers_licence", "11-08-123456-60", "11-08-123456-60"),
        ("bank_account", "국민은행 123456-78-901234", "123456-78-901234"),
    ],
)
def test_a_value_is_found_where_it_stands_in_the_text_as_it_is(kind, text, value):
    assert _found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Order 250101-1234567 was shipped.",
        "법인등록번호 110111-1234569",
        "tracking number 4111111111111111",
        "ISBN 978-89-1234-567-0",
        "version 10.2.30.4 and chapter 1.2.3.4",
        "2020-11-29 18:45:30",
        "Sales in 2015 2016 2017 2018 rose.",
        "550e8400-e29b-41d4-a716-446655440000",
        "logo@2x.png",
        "M12345678 is the model of the pump.",
        "The netmask is 255.255.255.0.",
        "123-45-67895",
        "1234-5678-9012-3456",
        "37.566500, 126.978000",
        "2025-01-01-1234567",
    ],
)
def test_a_number_that_is_nobodys_is_left_alone(text):
    assert _found(text) == []


def test_a_number_in_several_cells_is_found_beside_its_words():
    table = "이름\t전화\t\t\n홍길동\t010\t1234\t5678"
    assert _found(table, is_table=True) == [("phone", "010\t1234\t5678")]
    assert _found("a\tb\tc\td\n4111\t1111\t1111\t1111", is_table=True) == []
    paid = "card\tb\tc\td\n4111\t1111\t1111\t1111"
    assert _found(paid, is_table=True) == [("card", "4111\t1111\t1111\t1111")]


def test_the_head_of_a_column_says_what_its_numbers_are():
    table = "이름\t계좌번호\t주문번호\n홍길동\t110-123-456789\t110-123-456789"
    assert _found(table, is_table=True) == [("bank_account", "110-123-456789")]


def test_the_text_before_may_say_what_a_number_is():
    assert _found("110-123-456789") == []
    assert _found("110-123-456789", before="계좌번호") == [("bank_account", "110-123-456789")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_that_no_rule_was_chosen_on_are_judged_as_well_as_promised(language):
    score = measured("measuring", language)
    for kind in KINDS:
        assert score.precision(kind) >= 0.97, kind
        assert score.recall(kind) >= 0.95, kind


@pytest.mark.parametrize("part", ["1 ", "1-", "0", "12:", "a@", "+", "1.1", "A1", "1\t", "@", "a."])
def test_no_text_takes_long(part):
    begun = time.process_time()
    find(part * 10_000)
    assert time.process_time() - begun < 2
