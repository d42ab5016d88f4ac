"""Numbers look as the spreadsheet shows them."""

from __future__ import annotations

import pytest

from doclake.extract.spreadsheet.number_format import display, display_text


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
        (1 / 3, "General", "0.333333333"),
        (-2000 / 3, "General", "-666.6666667"),
        (1234567890.5, "General", "1234567891"),
        (123456789012, "General", "123456789012"),
        (0.000123456789, "General", "0.000123457"),
        (0.0000123456789, "General", "1.23457E-05"),
        (9.99999999999, "General", "10"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "1E-07"),
        (12, ".00", "12.00"),
        (-12.5, "#,##0.0;@", "-12.5"),
        (12.5, "@", "12.5"),
        (1, r"\1\.0#", "1.01"),
        (-1, "[Red][<0]-0.0;[Blue]0.0", "-1.0"),
        (45000.75, "h:mm a/p", "6:00 p"),
        (45000, "[$-ko-KR]yyyy-mm-dd aaaa", "2023-03-15 수요일"),
        (45000, "[$-407]d. mmmm yyyy", "15. März 2023"),
        (45000, "[$-804]dddd", "星期三"),
        (-1.5, "[h]:mm", "-36:00"),
        (0, "0/0", "0/1"),
        (44197, '[$-412]yyyy"년" m"월" d"일" dddd', "2021년 1월 1일 금요일"),
        (50, '[<100]"low";"high"', "low"),
        (60, "yyyy-mm-dd", "1900-02-28"),
        (-1, "yyyy-mm-dd", "-1"),
        (4, "GENERAL", "4"),
    ],
)
def test_display(value: float, code: str, shown: str) -> None:
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [("a", "0;-0;0;@ kg", "a kg"), ("a", ";;;", ""), ("a", "0.00;;", "a"), ("a", "@", "a")],
)
def test_texts_are_shown_by_the_fourth_section(text: str, code: str, shown: str) -> None:
    assert display_text(text, code) == shown
