"""XLS (BIFF 5 and 8), read with xlrd; values as its number formats show them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole
from doclake.extract.containers.decryption import decrypt
from doclake.extract.containers.member_names import unique
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.spreadsheet import grid as sheets
from doclake.extract.spreadsheet.grid import CONCEALED, Sheet, address
from doclake.extract.spreadsheet.number_format import conceals, display, display_text
from doclake.extract.text.scripts import subscript, superscript
from doclake.extract.text.symbol_fonts import is_symbol_font, shown

_TEXT = 1  # xlrd's type of a cell with text
_SCRIPTS = {1: superscript, 2: subscript}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!"}


class Xls:
    """Workbooks: page = sheet."""

    def extract(self, file: Path, options: Options) -> Extraction:
        data = file.read_bytes()
        book = _open(data, options.password)
        if book.nsheets > options.limits.pages:
            raise LimitExceeded(f"The workbook has {book.nsheets} sheets.", limit="pages")
        blocks = Blocks("xlrd", options.limits)
        with_text = 0
        for number in range(book.nsheets):
            with blocks.lost.part(page=number + 1):
                sheet = _sheet(book, _loaded(book, number))
                with_text += sheet.has_text
                sheets.add(sheet, number + 1, blocks)
        children = unique(_children(data))
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The workbook has no values.")
        metadata = ole.summary(data) if data.startswith(ole.MAGIC) else {}
        if user := (book.user_name or "").strip():
            metadata.setdefault("last_author", user)
        return blocks.extraction(
            children,
            pages=book.nsheets,
            pages_with_text=with_text,
            metadata=metadata,
        )


def _children(data: bytes) -> list[Child]:
    """Embedded files; a workbook of Excel 5 or older may have no container for them."""
    if not data.startswith(ole.MAGIC):
        return []
    try:
        with ole.open_file(data) as container:
            return ole.embedded(container)
    except DocumentMalformed:
        return []


def _open(data: bytes, password: str | None) -> Any:
    import os

    import xlrd

    with Path(os.devnull).open("w") as nowhere:  # xlrd prints its warnings
        try:
            # Ragged rows: otherwise a cell in the last corner costs 16 million cells.
            return xlrd.open_workbook(
                file_contents=data,
                formatting_info=True,
                ragged_rows=True,
                on_demand=True,
                logfile=nowhere,
            )
        except xlrd.XLRDError as error:
            if "encrypted" not in str(error).lower():
                raise DocumentMalformed(f"The workbook cannot be read: {error}") from None
            if password is None:
                raise DocumentEncrypted("The workbook needs a password.") from None
            return _open(decrypt(data, password), None)
        except Exception as error:  # on damage xlrd raises whatever its code runs into
            raise DocumentMalformed(f"The workbook cannot be read: {error}") from None


def _loaded(book: Any, number: int) -> Any:
    try:
        return book.sheet_by_index(number)
    except Exception as error:  # on damage xlrd raises whatever its code runs into
        raise DocumentMalformed(f"The sheet cannot be read: {error}") from None


def _sheet(book: Any, source: Any) -> Sheet:
    sheet = Sheet(source.name, hidden="hidden sheet" if source.visibility else None)
    for row in range(source.nrows):
        for column in range(source.row_len(row)):
            cell = source.cell(row, column)
            code = _code(book, cell)
            unseen = conceals(code)
            text = _shown(book, cell, "General" if unseen else code)
            text = _as_set(book, source, row, column, text) if cell.ctype == _TEXT else text
            sheet.put(row, column, text, concealed=CONCEALED if unseen else None)
    for first_row, last_row, first_column, last_column in source.merged_cells:
        sheet.merges[first_row, first_column] = (last_row - first_row, last_column - first_column)
    sheet.hidden_rows |= {n for n, info in source.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns |= {n for n, info in source.colinfo_map.items() if info.hidden}
    for place, link in source.hyperlink_map.items():
        if link.url_or_path:
            sheet.links[place] = str(link.url_or_path)
    for (row, column), note in source.cell_note_map.items():
        author = f"{note.author}: " if note.author.strip("\0 ") else ""
        sheet.notes.append(f"{address(row, column)} {author}{note.text}")
    return sheet


def _shown(book: Any, cell: Any, code: str) -> str:
    """Displayed text; cell types are xlrd's: 1 text, 2 number, 3 date, 4 boolean, 5 error."""
    if cell.ctype == _TEXT:
        return display_text(cell.value, code)
    if cell.ctype in (2, 3):
        return display(cell.value, code, bool(book.datemode))
    if cell.ctype == 4:
        return "TRUE" if cell.value else "FALSE"
    return _ERRORS.get(cell.value, "#N/A") if cell.ctype == 5 else ""


def _as_set(book: Any, source: Any, row: int, column: int, text: str) -> str:
    """The text of a cell with its runs in their fonts, raised or lowered."""
    place = source.cell(row, column).xf_index
    fonts = book.font_list
    first = book.xf_list[place].font_index if place is not None and place < len(book.xf_list) else 0
    runs = [(0, first), *source.rich_text_runlist_map.get((row, column), ())]
    if len(runs) == 1 and (first >= len(fonts) or not is_symbol_font(fonts[first].name)):
        return text
    pieces = []
    for (start, number), (end, _) in pairwise([*runs, (len(text), 0)]):
        font = fonts[number] if number < len(fonts) else None
        piece = shown(text[start:end], font.name if font else None)
        set_as = _SCRIPTS.get(font.escapement) if font else None
        pieces.append(set_as(piece) if set_as and len(runs) > 1 else piece)
    return "".join(pieces)


def _code(book: Any, cell: Any) -> str:
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return "General"
    found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return found.format_str if found else "General"
