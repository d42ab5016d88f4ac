"""Numbers and dates as a spreadsheet shows them. LibreOffice is the judge, so the few places where
Excel shows something else count against everyone alike (`benchmarks/accuracy/number_formats.py`).

SheetJS's `ssf` and `numfmt` are JavaScript: they run in node, from the folder that NODE_PATH names.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from locale import windows_locale
from pathlib import Path

from benchmarks.accuracy import number_formats, office
from benchmarks.accuracy.measures import normal
from benchmarks.candidates.base import OURS, Board, Candidate, Outcome
from doclake.extract.spreadsheet import date_names
from doclake.extract.spreadsheet.number_format import display, display_text

_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
_SCRIPTS = {
    "ssf": "const f = (v, c) => require('ssf').format(c, v)",
    "numfmt": "const f = (v, c) => require('numfmt').format(c, v)",
}
_LOOP = """
const cases = JSON.parse(require('fs').readFileSync(0))
const shown = cases.map(([v, c]) => { try { return f(v, c) } catch (e) { return null } })
console.log(JSON.stringify({shown, seconds: process.cpuUsage().user / 1e6}))
"""


def score_numbers(board: Board) -> None:
    """Every format of the test workbook on every value."""
    if office.program() is None:
        print("soffice is not installed: no number formats", file=sys.stderr)
        return
    for task, cases in _cases():
        truths = [truth for _, truth in cases]
        board.run(task, [Candidate(OURS, "", _ours)], cases, _equal)
        for name in _SCRIPTS:
            _in_node(task, name, [given for given, _ in cases], truths, board)


def _cases() -> Iterator[tuple[str, list[tuple[tuple[float | str, str], str]]]]:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "formats.xlsx"
        number_formats.write(book)
        office.convert(book, _CSV, Path(folder))
        sheets = {
            "number formats": ("Sheet", number_formats.NUMBERS, number_formats.VALUES),
            "date formats": ("dates", number_formats.DATES, number_formats.MOMENTS),
        }
        for task, (sheet, codes, values) in sheets.items():
            with (Path(folder) / f"formats-{sheet}.csv").open(encoding="utf-8") as stream:
                rows = list(csv.reader(stream))
            yield (
                task,
                [
                    ((value, code), normal(shown))
                    for code, row in zip(codes, rows, strict=False)
                    for value, shown in zip(values, row, strict=False)
                ],
            )


def _ours(given: tuple[float | str, str]) -> str:
    value, code = given
    return display_text(value, code) if isinstance(value, str) else display(value, code)


def _equal(got: str | None, truth: str) -> dict[str, float]:
    return {"equal": float(normal(got or "") == truth)}


def _in_node(
    task: str, name: str, given: list[tuple[float | str, str]], truths: list[str], board: Board
) -> None:
    node = shutil.which("node")
    if node is None:
        print("node is not installed: left out", file=sys.stderr)
        return
    done = subprocess.run(
        [node, "-e", f"{_SCRIPTS[name]}\n{_LOOP}"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ.copy(),
    )
    if done.returncode:
        print(f"{name} is not installed: left out", file=sys.stderr)
        return
    visible_text = json.loads(done.stdout)
    outcome = Outcome(seconds=visible_text["seconds"])
    for got, truth in zip(visible_text["shown"], truths, strict=True):
        outcome.failed += got is None
        outcome.add(**_equal(got, truth))
    board.lines[task, f"{name} (node)"] = outcome


def score_dates(board: Board) -> None:
    """Names of months and weekdays in the languages of Windows' locales."""
    if office.program() is None:
        return
    names = list(_names())
    for form, width in (("full names", 4), ("abbreviations", 3)):
        cases = [(given, truth) for given, truth in names if given[1] == width]
        tried = [
            Candidate(OURS, "", _named),
            Candidate("babel", "babel", _babel),
        ]
        board.run(f"months and weekdays, {form}", tried, cases, _equal)


Name = tuple[str, int, str, int]  # locale, width, m or d, its number


def _names() -> Iterator[tuple[Name, str]]:
    """Each name with what LibreOffice shows."""
    import openpyxl

    book, asked = openpyxl.Workbook(), []
    sheet = book.active
    for identifier in (i for i in windows_locale if i >> 10 == 1):
        for width in (3, 4):
            for letter, count in (("m", 12), ("d", 7)):
                row = [(f"{identifier:x}", width, letter, number) for number in range(count)]
                asked.append(row)
                for column, (locale, _, _, number) in enumerate(row, start=1):
                    # 15 January 2024 and so on; 1 January 2024 was a Monday
                    serial = 45306 + 30.5 * number if letter == "m" else 45292 + number
                    cell = sheet.cell(len(asked), column, int(serial))
                    cell.number_format = f"[$-{locale}]{letter * width}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names.xlsx"
        book.save(file)
        office.convert(file, _CSV, Path(folder))
        with (Path(folder) / "names-Sheet.csv").open(encoding="utf-8") as stream:
            shown = list(csv.reader(stream))
    for row, texts in zip(asked, shown, strict=True):
        yield from zip(row, map(normal, texts), strict=False)


def _named(name: Name) -> str:
    locale, width, letter, number = name
    if letter == "m":
        return date_names.month(number + 1, width, locale)
    return date_names.day(number, width, locale)


def _babel(name: Name) -> str:
    from babel import Locale, UnknownLocaleError

    locale, width, letter, number = name
    form = "wide" if width == 4 else "abbreviated"
    try:
        told = Locale.parse(windows_locale[int(locale, 16)])
    except UnknownLocaleError:  # as Doclake: what nobody knows is English
        told = Locale("en")
    if letter == "m":
        return str(told.months["stand-alone"][form][number + 1])
    return str(told.days["stand-alone"][form][number])
