"""Phone numbers: international ones, and those of Korea, the US, Germany and Japan as people there
write them."""

from __future__ import annotations

import re

from doclake.personal.model import BEGIN, CERTAIN, END, FORMED, Candidate, Judged, Recogniser, Words
from doclake.personal.numbers import CODES

_SEP = r"[ \t]?[-.)/·]?\s{0,2}"
_PHONE = Words(
    "tel, telephone, phone, phones, mobile, cell, cellphone, fax, call, text, whatsapp, dial, reach"
    ", contact, hotline, extension, telefon, mobil, handy, rufnummer, 전화, 휴대폰, 휴대전화"
    ", 핸드폰, 연락처, 팩스, 연락, 통화, 문자, 대표번호, 번호로, 모바일, 電話, 携帯",
    CODES + ", account, 계좌, 은행, isbn, 좌표, coordinates, latitude, longitude, gps, 사업자",
)
_PATTERN = (
    rf"\+\d{{1,3}}{_SEP}(?:\(0\){_SEP})?\(?\d{{1,4}}(?:{_SEP}\d{{1,4}}){{1,5}}"
    rf"|(?:00)?82{_SEP}\(?0?1[016-9]{_SEP}\d{{3,4}}{_SEP}\d{{4}}"
    rf"|\(?0\d{{1,4}}{_SEP}\d{{2,4}}{_SEP}\d{{3,6}}"
    rf"|\(?0\d{{2,4}}[ /-]\d{{5,8}}"
    rf"|(?:1{_SEP})?\(?[2-9]\d{{2}}{_SEP}[2-9]\d{{2}}{_SEP}\d{{4}}"
)
_MOBILE = re.compile(r"01[016-9]\d{7,8}|0[789]0\d{8}")
"""Of Korea and of Japan."""


def _phone(candidate: Candidate) -> Judged | None:
    said = candidate.says(_PHONE)
    text = " ".join(re.split(r" ?(?:x|ext)", candidate.text)[0].split())
    digits = "".join(filter(str.isdigit, text))
    if (
        said < 0
        or not 9 <= len(digits) <= 15
        or re.match(r"\(?0?\d\)?[-./]\d{2}[-./](19|20)", text)
    ):
        return None
    number = _valid(text, digits, trusted=said > 0)
    if number is None:
        return None
    certain = said > 0 or text.startswith("+")
    if certain or ((candidate.is_formed or _MOBILE.fullmatch(digits)) and not candidate.is_apart):
        return (CERTAIN if certain else FORMED), number
    # Groups in cells of a table: mobile numbers alone are told from other figures.
    return (FORMED, number) if _MOBILE.fullmatch(digits) and digits.startswith("010") else None


def _valid(text: str, digits: str, *, trusted: bool) -> str | None:
    """As E.164, if a region has such a number."""
    import phonenumbers

    tries: list[tuple[str, str | None]]
    if text.startswith("+"):
        tries = [(text, None)]
    elif re.match(r"82|0082", digits):
        tries = [("+" + digits.removeprefix("00"), None)]
    elif digits.startswith("0"):
        german = trusted or (bool(re.match(r"0(15|16|17)\d", digits)) and "/" in text)
        tries = [(digits, "KR"), (digits, "JP"), *([(digits, "DE")] if german else [])]
    else:
        tries = [(digits, "US")]
    for written, region in tries:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    # Blocks of mobile numbers are given out faster than libraries are.
    return f"+82{digits[1:]}" if re.fullmatch(r"010\d{8}", digits) else None


_EXTENSION = r"(?: ?(?:x|ext\.?) ?\d{1,6})?"
PHONE = Recogniser("phone", re.compile(f"{BEGIN}(?:{_PATTERN}){_EXTENSION}{END}"), _phone)
