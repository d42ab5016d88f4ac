"""DOC, PPT and XLS as LibreOffice writes them (see fixtures/make.py), read without it."""

from __future__ import annotations

import gzip
import struct
import time
from pathlib import Path

import pytest

from doclake.errors import DocumentError, UnsupportedFormat
from doclake.extract.cells.edge_spans import Edge, Row, with_spans
from doclake.extract.formats.legacy_office import ppt_tables
from doclake.extract.formats.legacy_office.doc_properties import cell_edges
from tests.extract.reading import hidden, read, said

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_a_word_document_keeps_headings_lists_tables_and_headers(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "text.doc").read_bytes(), "a.doc")
    assert said(found) == [
        ("Header", "Harbour office"),
        ("Title", "Harbour"),
        ("NarrativeText", "The harbour closes at noon."),
        ("Title", "이용 시간"),
        ("NarrativeText", "항구는 정오에 문을 닫는다."),
        ("ListItem", "Bring a lamp"),
        ("ListItem", "Bring a rope"),
        ("Table", "Pier\tDepth\n가람\t9 m"),
        ("NarrativeText", "Seen."),
    ]
    assert [e.level for e in found.elements if e.type == "Title"] == [1, 2]
    assert found.title == "항구 안내"
    assert hidden(found) == {"Unseen words.": "hidden text"}


def test_a_word_document_shows_numbers_and_spans_and_nothing_unseen(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "marks.doc").read_bytes(), "a.doc")
    assert said(found) == [
        ("ListItem", "1. one"),
        ("ListItem", "dot"),
        ("ListItem", "2. two"),
        ("Title", "Chapter"),
        ("NarrativeText", "Seen here."),
        ("Table", "a b\ttall\nc\td\nf\tg"),
    ]
    assert hidden(found) == {"white": "white text", "speck": "tiny text"}
    html = next(e.html for e in found.elements if e.type == "Table") or ""
    assert '<td colspan="2">a<br>b</td><td rowspan="2">tall</td>' in html


def test_a_presentation_keeps_slides_boxes_and_notes(tmp_path: Path) -> None:
    data = gzip.decompress((FIXTURES / "deck.ppt.gz").read_bytes())
    found = read(tmp_path, data, "a.ppt")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Title", 1, "Harbour"),
        ("NarrativeText", 1, "The harbour closes at noon"),
        ("Annotation", 1, "Speak slowly here."),
        ("Title", 2, "이용 시간"),
        ("NarrativeText", 2, "항구는 정오에 문을 닫는다"),
    ]
    assert (found.pages, found.pages_with_text) == (2, 2)
    assert found.metadata["slide_size"] == "720 x 540"
    assert all(e.bbox for e in found.elements if e.type != "Annotation")


def test_sheets_show_what_a_reader_sees(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "book.xls").read_bytes(), "a.xls")
    assert said(found) == [
        ("Title", "Piers"),
        ("Table", "Pier\tOpened\tShare\n가람\t2024-03-09\t25.0%\nClosed on Mondays"),
    ]
    assert 'colspan="3"' in (found.elements[1].html or "")
    assert set(hidden(found).values()) == {"hidden sheet"}


def test_a_number_without_a_format_has_ten_digits_as_in_its_cell(tmp_path: Path) -> None:
    data = bytearray((FIXTURES / "book.xls").read_bytes())
    place = data.find(struct.pack("<HI", 23, 0x67))  # a style and, as a hundredth, 0.25
    struct.pack_into("<HI", data, place, 15, 0x3FE55554)  # no style, 0.66666603088378906
    assert "0.666666031" in said(read(tmp_path, bytes(data), "a.xls"))[1][1]


@pytest.mark.parametrize("name", ["text.doc", "book.xls"])
def test_files_cut_short_are_typed_failures_or_give_their_text(tmp_path: Path, name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    for size in (600, len(data) // 2, len(data) - 600):
        try:
            found = read(tmp_path, data[:size], name)
        except DocumentError:
            continue
        assert found.elements


@pytest.mark.parametrize(
    "head",
    [b"\xec\xa5\x68\x00", b"\xdc\xa5\x65\x00", b"\x97\xa6\x68\x00"],
    ids=["Word 95", "Word 6", "Word 95 in Korean"],
)
def test_a_word_file_from_before_97_says_so_and_what_to_do(tmp_path: Path, head: bytes) -> None:
    data = (FIXTURES / "text.doc").read_bytes()
    assert data.count(b"\xec\xa5\x01\x01") == 1
    with pytest.raises(UnsupportedFormat, match="Word 97") as caught:
        read(tmp_path, data.replace(b"\xec\xa5\x01\x01", head), "a.doc")
    assert ".docx" in caught.value.mend


@pytest.mark.parametrize("head", [b"\xdb\xa5\x2d\0", b"\x9b\xa5\x21\0", b"\x31\xbe\0\0"])
def test_so_does_one_from_before_there_were_ole_containers(tmp_path: Path, head: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match="Word 97"):
        read(tmp_path, head + bytes(300), "a.doc")


@pytest.mark.parametrize("name", ["text.doc", "marks.doc"])
def test_a_page_of_properties_that_counts_wrong_is_no_surprise(tmp_path: Path, name: str) -> None:
    whole = (FIXTURES / name).read_bytes()
    for end in range(511, len(whole), 512):  # where each page says how much it holds
        data = bytearray(whole)
        data[end] = 101
        try:
            read(tmp_path, bytes(data), "a.doc")
        except DocumentError:
            continue


def test_a_value_in_the_last_corner_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    data = bytearray((FIXTURES / "book.xls").read_bytes())
    place = data.find(struct.pack("<HH", 0x00FD, 10))  # the first cell that holds a text
    struct.pack_into("<HH", data, place + 4, 65_535, 255)
    started = time.process_time()
    assert read(tmp_path, bytes(data), "a.xls").elements
    assert time.process_time() - started < 5


def test_a_row_of_a_word_document_tells_where_it_begins() -> None:
    rights = struct.pack("<3h", 1000, 2000, 3000)
    operand = struct.pack("<HB", 0, 2) + rights + bytes(2 * 20)
    left, edges = cell_edges(operand)
    assert left == 1000
    assert [edge.right for edge in edges] == [2000, 3000]
    rows = [Row(["B1", "C1"], list(edges), left=left), Row(["A", "B", "C"], all_edges := [])]
    all_edges += [Edge(1000), *edges]
    assert [[cell.text for cell in row] for row in with_spans(rows)] == [
        ["", "B1", "C1"],
        ["A", "B", "C"],
    ]


def test_cells_that_a_slide_leaves_out_move_no_others() -> None:
    cells = [(0, 0, 10, 10, "a"), (20, 0, 30, 10, "c"), (10, 10, 30, 20, "wide")]
    rows = ppt_tables.rows(cells)
    assert [[cell.text for cell in row] for row in rows] == [["a", "", "c"], ["", "wide"]]
    assert rows[1][1].colspan == 2
