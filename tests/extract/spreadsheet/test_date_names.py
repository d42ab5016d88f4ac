"""Months, weekdays and half days have the names that Excel shows in each language."""

from __future__ import annotations

import openpyxl
import pytest

from doclake.extract.extractor import Extractor
from doclake.extract.spreadsheet import date_names
from doclake.extract.spreadsheet.number_format import display
from doclake.settings import Limits

MARCH_15 = 45000.25  # a Wednesday, six in the morning


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("d mmmm yyyy", "15 March 2023"),
        ("[$-407]ddd, d. mmm", "Mi, 15. Mrz"),
        ("[$-C0A]ddd d mmm", "mi. 15 mar."),
        ("[$-40C]ddd d mmm", "mer. 15 mars"),
        ("[$-416]ddd d mmm", "qua 15 mar"),
        ("[$-419]ddd mmmm", "Ср Март"),
        ("[$-FC19]d mmmm yyyy", "15 марта 2023"),
        ("[$-415]d mmmm yyyy", "15 marzec 2023"),
        ("[$-41F]d mmmm yyyy dddd", "15 Mart 2023 Çarşamba"),
        ("[$-412]mmm d ddd", "3월 15 수"),
        ("[$-411]mmm d dddd", "3月 15 水曜日"),
        ("[$-404]mmmm ddd", "三月 週三"),
        ("[$-ja-JP-x-gannen]mmmm", "3月"),
        ("[$-F800]dddd, mmmm d", "Wednesday, March 15"),
        ("[$-2409]mmmm", "March"),
        ("[$-xx-YY]mmmm", "March"),
    ],
)
def test_names_are_those_of_the_language_named(code: str, shown: str) -> None:
    assert display(MARCH_15, code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[$-412]AM/PM h:mm", "오전 6:00"),
        ("오전/오후 h:mm", "오전 6:00"),
        ("[$-411]AM/PM h:mm", "午前 6:00"),
        ("[$-804]AM/PM h:mm", "上午 6:00"),
        ("[$-407]h:mm AM/PM", "6:00 AM"),
    ],
)
def test_half_days_have_east_asian_names_and_those_of_the_code(code: str, shown: str) -> None:
    assert display(MARCH_15, code) == shown


def test_five_letters_ask_for_the_first_letter_where_one_tells_months_apart() -> None:
    assert [date_names.month(10, 5, locale) for locale in ("409", "412", "404")] == [
        "O",
        "10월",
        "十月",
    ]


def test_the_guarded_child_reads_the_names_of_any_language(document, tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = MARCH_15
    book.active["A1"].number_format = "[$-42A]mmmm"
    book.save(tmp_path / "book.xlsx")
    with Extractor(Limits(), 1) as extractor:
        vietnamese = document((tmp_path / "book.xlsx").read_bytes(), "book.xlsx")
        ((extracted,),) = extractor.extract([vietnamese])
    assert extracted.elements.column("text").to_pylist() == ["Tháng 3"]
