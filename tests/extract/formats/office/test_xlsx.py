"""XLSX: displayed values, regions, hidden cells, sparse sheets."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from tests.extract.reading import hidden, read, said


def saved(book: object) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_values_are_shown_as_the_sheet_shows_them(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "share", "day"])
    sheet.append(["x", 0.256, date(2024, 3, 1)])
    sheet["B2"].number_format = "0.0%"
    sheet["C2"].number_format = "yyyy. m. d."
    found = read(tmp_path, saved(book), "a.xlsx")
    assert said(found) == [("Table", "name\tshare\tday\nx\t25.6%\t2024. 3. 1.")]


def test_tables_beside_each_other_come_apart(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row, column in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 4), (1, 5), (2, 4), (2, 5)):
        book.active.cell(row, column, f"r{row}c{column}")
    found = read(tmp_path, saved(book), "a.xlsx")
    assert [e.text.split("\t")[0] for e in found.elements] == ["r1c1", "r1c4"]


def test_hidden_rows_and_sheets_stand_apart(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for text in ("a", "b"):
        book.active.append([text, text])
    book.active.row_dimensions[2].hidden = True
    other = book.create_sheet("Sheet2")
    other.append(["s", "t"])
    other.sheet_state = "hidden"
    found = read(tmp_path, saved(book), "a.xlsx")
    assert hidden(found) == {"a\ta\nb\tb": "hidden rows or columns", "s\tt": "hidden sheet"}


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "near", "far"
    found = read(tmp_path, saved(book), "a.xlsx")
    assert [text for _, text in said(found)] == ["near", "far"]


def test_values_that_a_format_conceals_stand_apart(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for column, value in enumerate(("seen", "smuggled", 7), start=1):
        book.active.cell(1, column, value).number_format = ";;;" if column > 1 else "General"
    found = read(tmp_path, saved(book), "a.xlsx")
    assert said(found) == [("NarrativeText", "seen")]
    assert hidden(found) == {"smuggled\n7": "number format shows nothing"}


def test_dates_that_only_east_asian_locales_number_are_dates(tmp_path: Path) -> None:
    import zipfile

    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = date(2024, 3, 1)
    plain, out = io.BytesIO(saved(book)), io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():  # the file names format 31 and never spells it out
            data = source.read(name).replace(b'numFmtId="164" formatCode', b'numFmtId="9" _')
            target.writestr(name, data.replace(b'numFmtId="164"', b'numFmtId="31"'))
    assert said(read(tmp_path, out.getvalue(), "a.xlsx")) == [("NarrativeText", "2024년 03월 01일")]


def test_white_and_tiny_text_stands_apart_where_nothing_is_painted_behind_it(
    tmp_path: Path,
) -> None:
    import openpyxl
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.colors import Color

    book = openpyxl.Workbook()
    sheet = book.active
    white, blue = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF0000FF")
    theme, grey = Font(color=Color(theme=0)), Font(color=Color(theme=0, tint=-0.5))
    blank = PatternFill("solid", fgColor="FFFFFFFF")
    looks = {
        "plain": (Font(), PatternFill()),
        "on blue": (white, blue),
        "grey": (grey, PatternFill()),
        "ruled": (white, PatternFill()),
        "white": (white, PatternFill()),
        "by theme": (theme, blank),
        "tiny": (Font(size=1), blue),
    }
    for row, (words, (font, fill)) in enumerate(looks.items(), start=1):
        cell = sheet.cell(row, 1, words)
        cell.font, cell.fill = font, fill
    sheet.conditional_formatting.add("A4:B4", CellIsRule("equal", ["1"], fill=blue))
    found = read(tmp_path, saved(book), "a.xlsx")
    assert hidden(found) == {"white\nby theme": "white text", "tiny": "tiny text"}
    words = "\n".join(text for _, text in said(found))
    assert all(shown in words for shown in ("plain", "on blue", "grey", "ruled"))


def test_headers_and_footers_are_read_without_their_codes(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "words"
    sheet.oddHeader.left.text = "Fish && Nets"
    sheet.oddHeader.center.text = '&"Arial,Bold"&14대외비'
    sheet.oddHeader.right.text = "Page &P of &N"
    sheet.oddFooter.center.text = "Harbour office, &D"
    found = read(tmp_path, saved(book), "a.xlsx")
    assert said(found) == [
        ("Header", "Fish & Nets\n대외비"),
        ("NarrativeText", "words"),
        ("Footer", "Harbour office,"),
    ]


def test_symbols_and_powers_in_cells(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    up, glyph = InlineFont(vertAlign="superscript"), InlineFont(rFont="Wingdings")
    sheet["A1"] = CellRichText("10", TextBlock(up, "6"), " cells ", TextBlock(glyph, "\xfe"))
    sheet["B1"] = "\xfc"
    sheet["B1"].font = Font(name="Wingdings")
    assert said(read(tmp_path, saved(book), "a.xlsx")) == [("Table", "10^6 cells ☑\t✓")]


def test_a_number_without_a_format_has_ten_digits_as_in_its_cell(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row, value in enumerate((2 / 3, 1234.567890123, 123456789012), start=1):
        book.active.cell(row, 1, value)
    found = read(tmp_path, saved(book), "a.xlsx")
    assert [text for _, text in said(found)] == ["0.666666667\n1234.56789\n123456789012"]
