"""Tables of PDF pages: ruled, shaded, told by alignment alone, and what is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest

from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.layout import page_table
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.model import Element, Options
from doclake.settings import ExtractRecipe, Limits
from tests import corpus

ROWS = [
    ["Station", "2019", "2020", "2021"],
    ["Upper lock", "12.4", "13.1", "11.8"],
    ["Mill bridge", "9.7", "10.2", "9.9"],
    ["Old harbour", "15.0", "14.2", "16.3"],
    ["Sea gate", "21.5", "20.8", "22.0"],
]
LEFT, TOP, WIDTH, HEIGHT = 72, 100, 110, 24


def tables(doc: pymupdf.Document, tmp_path: Path, **recipe: object) -> list[Element]:
    file = tmp_path / "table.pdf"
    doc.save(file)
    options = Options(ExtractRecipe(ocr="off", **recipe), Limits(), "application/pdf", "table.pdf")
    made = Pdf().extract(file, options)
    return [one for one in made.elements if one.type == "Table"]


def write(page: pymupdf.Page, rows: list[list[str]]) -> None:
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            page.insert_text((LEFT + c * WIDTH + 6, TOP + r * HEIGHT + 16), text, fontsize=10)


def test_a_borderless_table_is_found_with_its_cells(tmp_path: Path) -> None:
    doc = pymupdf.open()
    write(doc.new_page(), ROWS)
    (table,) = tables(doc, tmp_path)
    lines = table.text.splitlines()
    assert lines[0] == "| Station | 2019 | 2020 | 2021 |"
    assert lines[4] == "| Old harbour | 15.0 | 14.2 | 16.3 |"
    assert table.html is not None
    assert table.html.count("<tr>") == 5


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_a_ruled_table_keeps_its_spans(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    write(page, [["Station", "Levels", "", ""], *ROWS[1:]])
    bottom, right = TOP + 5 * HEIGHT, LEFT + 4 * WIDTH
    for r in range(6):
        page.draw_line((LEFT, TOP + r * HEIGHT), (right, TOP + r * HEIGHT))
    for c in range(5):
        top = TOP if c in (0, 1, 4) else TOP + HEIGHT
        page.draw_line((LEFT + c * WIDTH, top), (LEFT + c * WIDTH, bottom))
    (table,) = tables(doc, tmp_path, pdf_engine=engine)
    assert table.html is not None
    assert '<th colspan="3">Levels</th>' in table.html
    assert "<td>Mill bridge</td><td>9.7</td><td>10.2</td><td>9.9</td>" in table.html


def test_text_of_a_table_is_not_repeated_as_paragraphs(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    write(page, ROWS)
    page.insert_text((72, 400), "A paragraph below the table stays a paragraph.", fontsize=10)
    doc.save(tmp_path / "t.pdf")
    options = Options(ExtractRecipe(ocr="off"), Limits(), "application/pdf", "t.pdf")
    made = Pdf().extract(tmp_path / "t.pdf", options)
    assert [one.type for one in made.elements] == ["Table", "NarrativeText"]


def test_two_columns_of_prose_are_no_table(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    prose = "Rainfall was measured at nine stations along the river in 2020 and 2021. " * 14
    page.insert_textbox((72, 90, 290, 700), prose, fontsize=10)
    page.insert_textbox((306, 90, 524, 700), prose, fontsize=10)
    assert tables(doc, tmp_path) == []


def test_tables_can_be_left_alone(tmp_path: Path) -> None:
    doc = pymupdf.open()
    write(doc.new_page(), ROWS)
    assert tables(doc, tmp_path, tables=False) == []


def test_icdar_tables_of_the_corpus_score_at_least_the_goal() -> None:
    documents = corpus.path("documents")
    import importlib.util

    file = Path(__file__).resolve().parents[3] / "benchmarks" / "table_accuracy.py"
    spec = importlib.util.spec_from_file_location("table_accuracy", file)
    assert spec and spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    scores = []
    for truth in sorted((documents / "groundtruth" / "pdf" / "icdar2013").glob("*-str.xml")):
        name = truth.name.removesuffix("-str.xml")
        found = scorer.Counter()
        for cells in scorer.doclake("pymupdf")(documents / "pdf" / "icdar2013" / f"{name}.pdf"):
            found += scorer.relations(cells)
        scores.append(scorer.score(found, scorer.truth(truth))[2])
    assert sum(scores) / len(scores) >= 0.75


def led(rows: list[list[str]], dots: str) -> pymupdf.Document:
    """A table whose labels are followed by leaders up to the first value."""
    doc = pymupdf.open()
    page = doc.new_page()
    for r, (label, *values) in enumerate(rows):
        page.insert_text((LEFT, TOP + r * 14), f"{label} {dots if r else ''}", fontsize=9)
        for c, value in enumerate(values):
            page.insert_text((LEFT + 190 + c * 60, TOP + r * 14), value, fontsize=9)
    return doc


@pytest.mark.parametrize("dots", [". . . . . . . .", "..........", "········", "________"])
def test_dot_leaders_are_no_words_of_a_table(dots: str, tmp_path: Path) -> None:
    (table,) = tables(led(ROWS, dots), tmp_path)
    assert table.text.splitlines()[2] == "| Upper lock | 12.4 | 13.1 | 11.8 |"
    assert len(table.text.splitlines()) == 6


def test_two_columns_with_leaders_are_a_table_unless_they_name_pages(tmp_path: Path) -> None:
    labels = ["Cash at bank", "Debts of members", "Boats and nets", "Grain in store"]
    amounts = ["1,204", "318", "96,400", "2,750"]
    sums = [list(pair) for pair in zip(["Assets", *labels], ["2024", *amounts], strict=True)]
    assert len(tables(led(sums, "........"), tmp_path)) == 1
    pages = [
        list(pair) for pair in zip(["Contents", *labels], ["", "3", "9", "9", "14"], strict=True)
    ]
    assert tables(led(pages, "........"), tmp_path) == []


def test_a_value_of_three_dots_stays_one(tmp_path: Path) -> None:
    rows = [*ROWS[:2], ["Mill bridge", "...", "10.2", "..."], *ROWS[3:]]
    doc = pymupdf.open()
    write(doc.new_page(), rows)
    (table,) = tables(doc, tmp_path)
    assert "| Mill bridge | ... | 10.2 | ... |" in table.text


def test_thousands_of_hidden_lines_are_each_held_against_the_words_near_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = [(60.0 * (n % 50), 12.0 * (n // 50)) for n in range(4000)]
    words = [(x, y, x + 40, y + 9, str(n)) for n, (x, y) in enumerate(places)]
    held = []
    whole = page_table.without

    def counted(some: Sequence[Word], box: Box) -> list[Word]:
        held.append(len(some))
        return whole(some, box)

    monkeypatch.setattr(page_table, "without", counted)
    boxes = [word[:4] for word in words[::2]] + [(-5e6, -99.0, 5e6, -50.0)]
    assert page_table.without_any(words, boxes) == words[1::2]
    assert sum(held) < 30 * len(boxes)
