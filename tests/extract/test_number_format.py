"""Numbers look as the spreadsheet shows them."""

from __future__ import annotations

import pytest

from doclake.extract.number_format import display


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.256, "0.0%", "25.6%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (44197, "yyyy-mm-dd", "2021-01-01"),
        (44197.5, "m/d/yy h:mm AM/PM", "1/1/21 12:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (12345, "0.00E+00", "1.23E+04"),
        (1.25, "# ?/?", "1 1/4"),
        (1021234567, "000-0000-0000", "010-2123-4567"),
        (1500, '#,##0"원"', "1,500원"),
        (1234567, "#,##0,", "1,235"),
        (3.14159265358979, "General", "3.141592654"),
        (44197, '[$-412]yyyy"년" m"월" d"일" dddd', "2021년 1월 1일 금요일"),
        (50, '[<100]"low";"high"', "low"),
        (60, "yyyy-mm-dd", "1900-02-28"),
        (-1, "yyyy-mm-dd", "-1"),
        (4, "GENERAL", "4"),
    ],
)
def test_display(value: float, code: str, shown: str) -> None:
    assert display(value, code) == shown
