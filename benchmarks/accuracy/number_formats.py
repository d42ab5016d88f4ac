"""A workbook that shows the same values under every number format people use.

LibreOffice is the judge of what it displays. Left out are the few places where Excel, whose formats
they are, is known to show something else: `0.###` keeps its point in Excel (`1.`), days before
1 March 1900 count differently, seconds are rounded and not cut off, `a/p` keeps its case, and a
negative time is a row of hashes.
"""

from __future__ import annotations

from pathlib import Path

NUMBERS = (
    *("General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.00%", "0.0%", "0.00E+00", "##0.0E+0"),
    *("# ?/?", "# ??/??", "# ?/4", "#,##0;(#,##0)", "#,##0;[Red](#,##0)", "#,##0_);(#,##0)"),
    *("#,##0.00;[Red]-#,##0.00", "#,##0.00_);[Red](#,##0.00)", '"$"#,##0.00', "$#,##0", ".00"),
    *("[$€-407] #,##0.00", "#,##0.00 [$€-407]", "[$₩-412]#,##0", "₩#,##0", '#,##0"원"', '0"명"'),
    *('"₩"#,##0;"-₩"#,##0', "#,##0원", '0.0"kg"', '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-'),
    *('_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "000", "00000", "000-0000", "0.0#"),
    *('_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)', "(000) 000-0000", "###-####", "#", "@"),
    *("#,##0,", '#,##0,,"M"', '0.0,"K"', '[>=1000]#,##0,"K";0', "[<1]0.00;0", "+0;-0;0", ";;;"),
    *("[Red][<0]-0.0;[Blue]0.0", '[=1]"yes";[=0]"no";0', '"up";"down";"flat"', "▲0.0%;▼0.0%"),
    *("0.00;;", "0;-0;;@", '"Total: "0', '0" units"', r"\1\.0#", '#,##0.00" €"', '0.0 "°C"'),
    *('0.00"%"', "0.000000", "[Color10]0", "[$USD] #,##0.00", "[$-409]#,##0.00", "[$¥-804]#,##0"),
    *("[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", '"A"000', "0*-", "*x0", "0_x", r"##\-##"),
)
DATES = (
    *("m/d/yyyy", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss", "yyyy/m/d", "h:mm"),
    *(
        'yyyy"년" m"월" d"일"',
        "yyyy년 m월 d일",
        '[$-412]yyyy"년" m"월" d"일" dddd',
        "d-mmm",
        "mmm-yy",
    ),
    *(
        "[$-412]AM/PM h:mm",
        "[$-409]mmmm d, yyyy",
        "[$-409]d-mmm-yy",
        "[$-409]h:mm AM/PM",
        "h AM/PM",
    ),
    *("hh:mm:ss", "h:mm:ss", "mm:ss", "[h]:mm:ss", "[mm]", "d", "dd", "ddd", "dddd", "m", "mm"),
    *("mmm", "mmmm", "mmmmm", "yy", "yyyy", "d. mmmm yyyy", "dd.mm.yyyy", "[$-407]d. mmmm yyyy"),
    *('[$-411]yyyy"年"m"月"d"日"', '[$-804]yyyy"年"m"月"d"日"', "d/m", "yyyymmdd"),
    *('yyyy-mm-dd"T"hh:mm:ss', "m/d/yy h:mm;@", "[$-409]m/d/yy h:mm AM/PM;@", "yyyy.mm.dd"),
    *(
        'h"시" mm"분"',
        'h"시간" m"분" s"초"',
        'mm"월" dd"일"',
        "[$-40C]d mmmm yyyy",
        "[$-410]d mmm yy",
    ),
    *("[$-C0A]dddd d mmmm", "[$-416]d mmmm yyyy", "[$-413]d mmmm yyyy", "mm-dd-yy", "m/d/yy h:mm"),
)
VALUES = (
    0,
    1,
    -1,
    0.5,
    -0.256,
    12,
    1234,
    -1234.567,
    1234567.891,
    0.0001234,
    1 / 3,
    3.14159265358979,
)
MOMENTS = (45000, 45000.75, 44927.25, 38000.5, 45291.125, 43889.99, 36526)
TEXTS = ("text", "가나다")


def write(file: Path) -> None:
    """Write the workbook: a sheet of numbers and texts, a sheet of dates."""
    from openpyxl import Workbook

    book = Workbook()
    for sheet, formats, values in (
        (book.active, NUMBERS, (*VALUES, *TEXTS)),
        (book.create_sheet("dates"), DATES, MOMENTS),
    ):
        for row, code in enumerate(formats, start=1):
            for column, value in enumerate(values, start=1):
                sheet.cell(row, column, value).number_format = code
    book.save(file)
