"""Numbers of people, cards, accounts and businesses."""

from __future__ import annotations

import re
from datetime import date

from doclake import clock
from doclake.personal.model import (
    BEGIN,
    CERTAIN,
    END,
    FORMED,
    NAMED,
    Candidate,
    Judged,
    Recogniser,
    Words,
)

CODES = (
    r"order(?: number| no| id| #|s)?, invoice(?: number| no)?, tracking(?: number| no| id)?"
    ", serial(?: number| no)?, s/n, isbn, issn, part(?: number| no)?, model(?: number| no)?, sku"
    ", version, ver, release, build, firmware, ticket(?: number| no)?, case(?: number| no)?"
    ", lot(?: number| no)?, batch(?: number| no)?, ref(?:erence)?(?: number| no)?, imei, barcode"
    ", parcel, shipment, waybill, sha, hash, md5, commit, uuid, checksum, patent, doi, article"
    ", item(?: number| no)?, catalog(?:ue)?(?: number| no)?, contract(?: number| no)?"
    ", policy(?: number| no)?, docket, receipt(?: number| no)?, timestamp, gtin, ean, upc, vin"
    ", asset(?: number| no| id)?, booking(?: number| no| id)?, reservation(?: number| no| id)?"
    ", confirmation(?: number| no)?, transaction(?: number| no| id)?, request id, session id"
    ", product(?: number| no| code)?, customer(?: number| no| id), member(?: number| no| id)"
    ", student(?: number| no| id), employee(?: number| no| id), registration no, licen[cs]e plate"
    ", call number, zip code, postcode"
    ", 자산, 장비번호, 예약, 거래번호, 사번, 학번, 차량번호, 우편번호, 청구기호, 허가번호, 신고번호"
    ", 공고, 입찰, 도면"
    ", 주문, 송장, 운송장, 접수번호, 문서번호, 관리번호, 제품번호, 모델, 품번, 버전, 시리얼"
    ", 일련번호, 바코드, 법인등록번호, 법인번호, 등기번호, 특허, 출원, 영수증, 승인번호, 계약번호"
    ", 증권번호, 사건번호, 발주, 견적, 배송, 택배, 자재, 부품, 규격, 해시, 고객번호, 회원번호"
)
"""Labels of numbers that are nobody's."""

_SEP = r"(?:\s?-\s{0,2}|[ \t\n]|)"
_RESIDENT = Words(
    "rrn, resident registration(?: number| no)?, foreigner registration(?: number| no)?"
    ", alien registration(?: number| no)?, 주민등록, 주민번호, 외국인등록, 외국인번호, 거소신고",
    CODES,
)
_CARD = Words(
    "card, cards, credit, debit, visa, mastercard, amex, pan, 카드, 신용카드, 체크카드, カード",
    CODES,
)
_BUSINESS = Words(
    "business registration(?: number| no)?, brn, 사업자, 사업자등록, 사업자번호", CODES
)
_SSN = Words("ssn, social security(?: number| no)?, 사회보장", CODES + ", 계좌, 전화, account")
_LICENCE = Words(
    "driver'?s? licen[cs]e(?: number| no)?, driving licen[cs]e(?: number| no)?, dl"
    ", führerschein, 운전면허, 면허번호, 면허증, 運転免許, 免許証",
    CODES,
)
_PASSPORT = Words("passport(?: number| no)?, reisepass, 여권, 여권번호, 旅券, パスポート", CODES)
_ACCOUNT = Words(
    "account(?: number| no| #), acct, a/c, bank account, konto, kontonummer, 계좌, 은행, 농협, 신협"
    ", 새마을금고, 우체국, 뱅크, 예금, 입금, 송금, 이체, 口座",
    CODES + ", tel, phone, fax, call, 전화, 팩스, 연락처, 고객센터, 카드, card, 사업자, 날짜, 기간",
)
_OLDEST = date(1930, 1, 1)  # whose number nothing speaks for: it may be the date of an order
_ISSUED = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}"
    r"|62\d{14,17}|9\d{15}"
)
"""What issuers give out. https://en.wikipedia.org/wiki/Payment_card_number"""


def _resident(candidate: Candidate) -> Judged | None:
    digits, said = candidate.digits, candidate.says(_RESIDENT)
    born = _born(digits)
    if said < 0 or born is None or born > clock.now().date():
        return None
    if said > 0:
        return CERTAIN, digits
    if _is_corporation(digits) or born < _OLDEST:
        return None
    if _has_checksum(digits):
        return CERTAIN, digits
    # Those given out since October 2020 have no checksum.
    return (NAMED, digits) if candidate.is_formed else None


def _born(digits: str) -> date | None:
    century = 1900 if digits[6] in "1256" else 2000
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


def _has_checksum(digits: str) -> bool:
    weighed = sum(
        int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False)
    )
    extra = 2 if digits[6] in "5678" else 0  # foreigners
    return ((11 - weighed % 11) % 10 + extra) % 10 == int(digits[12])


def _is_corporation(digits: str) -> bool:
    """Whether it is the number of a Korean corporation, which has as many digits: a registry, a
    form of company and a checksum."""
    weighed = sum(int(d) * (1 + place % 2) for place, d in enumerate(digits[:12]))
    has_checksum = (10 - weighed % 10) % 10 == int(digits[12])
    return has_checksum and digits[4:6] in ("11", "21")


def _card(candidate: Candidate) -> Judged | None:
    from stdnum import luhn

    digits, said = candidate.digits, candidate.says(_CARD)
    if said < 0 or not _ISSUED.fullmatch(digits) or not luhn.is_valid(digits):
        return None
    if " " in candidate.text and (
        re.search(r"\d{4} $", candidate.before) or re.match(r" \d{4}(?!\d)", candidate.after)
    ):
        return None  # a part of a longer row of figures
    if said > 0:
        return CERTAIN, digits
    return (FORMED, digits) if not candidate.is_apart else None


def _business(candidate: Candidate) -> Judged | None:
    digits, said = candidate.digits, candidate.says(_BUSINESS)
    is_valid = _is_business(digits)
    if said > 0:
        return (CERTAIN if is_valid else NAMED), digits
    return (FORMED, digits) if said == 0 and is_valid and candidate.is_formed else None


def _is_business(digits: str) -> bool:
    """Whether the checksum agrees: that of python-stdnum looks at the form only."""
    weighed = sum(int(d) * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False))
    return (10 - (weighed + int(digits[8]) * 5 // 10) % 10) % 10 == int(digits[9])


def _ssn(candidate: Candidate) -> Judged | None:
    digits, said = candidate.digits, candidate.says(_SSN)
    if said > 0:
        return CERTAIN, digits
    return (FORMED, digits) if said == 0 and candidate.is_formed else None


def _iban(candidate: Candidate) -> Judged | None:
    from stdnum import iban

    value = re.sub(r"[\s-]", "", candidate.text)
    return (CERTAIN, value) if iban.is_valid(value) else None


def _licence(candidate: Candidate) -> Judged | None:
    value, said = re.sub(r"[\s-]", "", candidate.text).upper(), candidate.says(_LICENCE)
    if said > 0:
        return CERTAIN, value
    is_korean = bool(candidate.match["korean"]) and candidate.is_formed
    return (FORMED, value) if said == 0 and is_korean else None


def _passport(candidate: Candidate) -> Judged | None:
    value = candidate.text.replace(" ", "").upper()
    return (FORMED, value) if candidate.says(_PASSPORT) > 0 else None


def _account(candidate: Candidate) -> Judged | None:
    digits = candidate.digits
    is_date = re.match(r"(19|20)\d\d[- ](0[1-9]|1[0-2])[- ]", candidate.text)
    if not 10 <= len(digits) <= 16 or is_date or candidate.says(_ACCOUNT) <= 0:
        return None
    return NAMED, digits


def _recogniser(kind: str, pattern: str, judge: object, *needs: str) -> Recogniser:
    return Recogniser(kind, re.compile(BEGIN + pattern + END), judge, needs)  # type: ignore[arg-type]


IBAN = Recogniser(
    "iban",
    re.compile(
        rf"{BEGIN}[A-Z]{{2}}\d{{2}}(?:[ -]?[A-Z0-9]{{4}}){{2,7}}(?:[ -]?[A-Z0-9]{{1,3}})?{END}"
    ),
    _iban,
)
NUMBERS = (
    _recogniser(
        "resident_number",
        rf"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_SEP}[1-8]\d{{6}}",
        _resident,
    ),
    _recogniser(
        "drivers_licence",
        r"(?:(?P<korean>(?:1[1-9]|2[0-8])-\n?\d\d-\n?\d{6}-\n?\d\d)|[A-Z]\d{3}-?\d{4}-?\d{4,6}|[A-Z]{1,2}\d{6,12}"
        r"|[A-Z]{5}\d{6}[A-Z0-9]{5}|\d{2}-?\d{2}-?\d{6}-?\d{2}|[A-Z0-9]{11}|\d{7,12})",
        _licence,
    ),
    _recogniser(
        "card",
        rf"(?:\d{{4}}(?:{_SEP}\d{{4}}){{2}}{_SEP}\d{{1,7}}|3\d{{3}}{_SEP}\d{{6}}{_SEP}\d{{4,5}})",
        _card,
    ),
    _recogniser("business_number", rf"\d{{3}}{_SEP}\d{{2}}{_SEP}\d{{5}}", _business),
    _recogniser(
        "ssn", r"(?!000|666|9\d\d)\d{3}(?P<sep>[- ]?)\n?(?!00)\d{2}(?P=sep)\n?(?!0000)\d{4}", _ssn
    ),
)
NAMED_NUMBERS = (
    _recogniser(
        "passport",
        r"(?:[A-Z]{1,2} ?\d{7,8}|[A-Z]\d{3}[A-Z]\d{4}|\d{9}"
        r"|[CFGHJKLMNPRTVWXYZ](?=[A-Z]*\d)[A-Z0-9]{8})",
        _passport,
        *("passport", "reisepass", "여권", "旅券", "パスポート"),
    ),
    _recogniser(
        "bank_account",
        r"\d{2,6}(?:(?:\s?-\s{0,2}| )\d{1,8}){1,4}|\d{10,16}",
        _account,
        *("account", "acct", "a/c", "konto", "계좌", "은행", "농협", "신협", "금고", "우체국"),
        *("뱅크", "예금", "입금", "송금", "이체", "口座"),
    ),
)
