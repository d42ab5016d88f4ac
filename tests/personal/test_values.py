"""One value in all its spellings is one value."""

from __future__ import annotations

import pytest

from doclake.personal.values import values

PHONE = ("phone", "+821012345678")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            (text, PHONE)
            for text in (
                "010-1234-5678", "+82 10 1234 5678", "82-10-1234-5678", "01012345678",
                "(010) 1234-5678", "０１０-１２３４-５６７８", " 010.1234.5678\n", "010 1234 5678",
            )
        ),
        ("KIM@Example.org", ("email", "kim@example.org")),
        ("4111-1111-1111-1111", ("card", "4111111111111111")),
        ("900101-1234567", ("resident_number", "9001011234567")),
        ("123-45-67890", ("business_number", "1234567890")),
        ("M12345678", ("passport", "M12345678")),
        ("110-234-567890", ("bank_account", "110234567890")),
        ("11-12-345678-90", ("drivers_licence", "111234567890")),
        ("123-45-6789", ("ssn", "123456789")),
        ("1.2.3.4", ("ip_address", "1.2.3.4")),
        ("00:1A:2b:3c:4d:5e", ("mac_address", "001a2b3c4d5e")),
        ("GB82 WEST 1234 5698 7654 32", ("iban", "GB82WEST12345698765432")),
    ],
)  # fmt: skip
def test_a_value_is_known_without_a_word_beside_it(text, value):
    assert value in values(text)


@pytest.mark.parametrize("text", ["", "Minji Kim", "김민지", "call 010-1234-5678", "room 12"])
def test_a_text_that_is_no_value_as_a_whole_is_none(text):
    assert values(text) == frozenset()
