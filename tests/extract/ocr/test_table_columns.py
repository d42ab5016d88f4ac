"""Pages whose lines are no table, drawn here: paper, charts, walls of bricks. What is written
across lines is read whole, and a page is not cut into more strips than its time allows."""

from __future__ import annotations

from collections import Counter

import pymupdf
import pytest
from PIL import Image

from doclake.extract.formats.pdf import reading
from doclake.extract.model import Element
from doclake.extract.ocr import model, reader, ruling_lines, scanned_pages, symbols, table_columns
from tests.extract.scanned import require_models

Sheet = pymupdf.Page
ENGLISH = [
    "The committee met on 14 March and agreed that the budget for road repair would rise by four",
    "percent, provided that the county could show how the money had been spent the year before.",
    "Members asked for a written report. It should list every contract, the name of the company,",
]
KOREAN = [
    "위원회는 삼월 십사일에 회의를 열고 도로 보수 예산을 사 퍼센트 늘리기로 뜻을 모았다.",
    "다만 지난해 예산을 어떻게 썼는지 군청이 먼저 설명해야 한다.",
    "의원들은 서면 보고서를 요구하였다. 보고서에는 모든 계약과 회사의 이름을 적는다.",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def sheet() -> Sheet:
    return pymupdf.open().new_page()


def picture(page: Sheet, dpi: int = 200) -> Image.Image:
    pixels = page.get_pixmap(dpi=dpi, colorspace="gray", alpha=False)
    return Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)


def write(page: Sheet, x: float, y: float, text: str, size: float = 11) -> str:
    font = "helv" if text.isascii() else "korea"
    page.insert_text((x, y), text, fontname=font, fontsize=size)
    return text


def squares(
    page: Sheet, step: float, grey: float, box: tuple[int, ...] = (30, 30, 566, 806)
) -> None:
    """Squared paper; the last line on each side may be a little short of the box."""
    for way in (0, 1):
        at = float(box[way])
        while at <= box[way + 2]:
            ends = ((at, box[1]), (at, box[3])), ((box[0], at), (box[2], at))
            page.draw_line(*ends[way], color=(grey,) * 3, width=0.7)
            at += step


def lines_of(page: Sheet, texts: list[str], top: float, count: int, step: float) -> list[str]:
    return [write(page, 50, top + step * n, texts[n % 3]) for n in range(count)]


def found_in(image: Image.Image) -> tuple[model.Reading, list[Element]]:
    require_models()
    read = reader.read(image, ("kor", "eng"), 200)
    return read, reading.extraction_of(
        [scanned_pages.page_of(1, read, 200, find_tables=True)]
    ).elements


def lost(found: list[Element], wanted: list[str]) -> float:
    """Share of pairs of neighbouring letters in the texts that were not found."""

    def pairs(texts: list[str]) -> Counter[str]:
        bare = ["".join(text.split()) for text in texts]
        return Counter(text[at : at + 2] for text in bare for at in range(len(text) - 1))

    truth = pairs(wanted)
    return 1 - (truth & pairs([one.text for one in found])).total() / truth.total()


def tables(found: list[Element]) -> list[Element]:
    return [one for one in found if one.type == "Table"]


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_what_is_written_on_squared_paper_is_read_and_is_no_table(texts: list[str]) -> None:
    page = sheet()
    squares(page, 14.17, 0.5)
    wanted = lines_of(page, texts, 80, 12, 28.3)
    _, found = found_in(picture(page))
    assert not tables(found)
    assert lost(found, wanted) <= 0.02


def test_text_that_runs_across_the_lines_of_a_loose_grid_stays_whole() -> None:
    page = sheet()
    for at in range(4):
        page.draw_line((40 + 170 * at, 40), (40 + 170 * at, 800), width=0.8)
    for at in range(5):
        page.draw_line((40, 40 + 190 * at), (550, 40 + 190 * at), width=0.8)
    wanted = lines_of(page, ENGLISH, 60, 40, 18.3)
    _, found = found_in(picture(page))
    assert not tables(found)
    assert lost(found, wanted) <= 0.05
    assert "percent, provided that the county could show how the money" in found[0].text


def test_labels_across_the_grid_of_a_chart_are_read_whole() -> None:
    page = sheet()
    squares(page, 42, 0.3, (80, 200, 500, 620))
    page.draw_polyline([(80 + 42 * n, 560 - n * n * 3 % 200) for n in range(11)], width=2)
    wanted = [
        write(page, 200, 330, "Exports rose after the reform", 12),
        write(page, 330, 290, "World average of all countries", 12),
    ]
    _, found = found_in(picture(page))
    text = " ".join(one.text for one in found)
    assert all(label in text for label in wanted)


def test_staves_of_music_are_no_tables_and_their_words_are_read() -> None:
    page = sheet()
    wanted = []
    for top in range(60, 460, 80):
        for line in range(5):
            page.draw_line((50, top + 6 * line), (545, top + 6 * line), width=0.5)
            page.draw_line((50 + 123 * line, top), (50 + 123 * line, top + 24), width=0.6)
        wanted.append(write(page, 60, top + 48, "Amazing grace how sweet the sound that saved"))
    read, found = found_in(picture(page))
    assert read.rules == []
    assert not tables(found)
    assert lost(found, wanted) <= 0.02


def bricks(page: Sheet) -> int:
    """A wall: each row of cells has borders of its own, so each cell is a strip. Their number."""
    count = 0
    page.draw_rect((30, 30, 560, 788), width=0.8)
    for row in range(54):
        x, y = 30 + row * 7 % 13 + 30 * (row % 2) - 13, 30 + 14 * row
        page.draw_line((30, y), (560, y), width=0.8)
        while x < 556:
            page.draw_line((max(x, 30), y), (max(x, 30), y + 14), width=0.6)
            write(page, max(x, 30) + 6, y + 10, "brick", 8)
            x, count = x + 60, count + 1
    return count


@pytest.mark.slow
def test_a_network_of_too_many_strips_is_read_without(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    once = symbols.read

    def counted(engine: object, part: Image.Image, mode: int, dpi: int) -> object:
        calls.append(mode)
        return once(engine, part, mode, dpi)

    monkeypatch.setattr(symbols, "read", counted)
    page = sheet()
    count = bricks(page)
    assert count > 4 * table_columns.MOST
    _, found = found_in(picture(page))
    assert len(calls) < 2 * table_columns.MOST
    assert sum(one.text.count("brick") for one in found) >= 0.95 * count


def test_empty_cells_are_not_read() -> None:
    page = sheet()
    squares(page, 60, 0.0, (60, 60, 480, 480))
    for row in range(7):
        write(page, 70, 95 + 60 * row, str(1200 + row))
    image = picture(page)
    rules = ruling_lines.find(image, 200)
    found, _ = table_columns.find(rules, ruling_lines.erased(image, rules), 200)
    assert len(found) == 1


def test_the_days_of_a_calendar_are_read_by_the_model_that_knows_them() -> None:
    page = sheet()
    wanted = [write(page, 250, 60, "March 2024", 18)]
    for column, day in enumerate(DAYS):
        x = 40 + 74 * column
        page.draw_rect((x, 80, x + 74, 100), width=0.8)
        wanted.append(write(page, x + 4, 95, day, 10))
        for row in range(5):
            y, number = 100 + 100 * row, 7 * row + column - 3
            page.draw_rect((x, y, x + 74, y + 100), width=0.8)
            if 1 <= number <= 31:
                wanted.append(write(page, x + 4, y + 16, str(number), 12))
            if number in (6, 12, 18, 24):
                wanted += [write(page, x + 4, y + 40, "Market day", 10)]
                wanted += [write(page, x + 4, y + 54, "at nine", 10)]
    _, found = found_in(picture(page))
    words = Counter(" ".join(one.text.replace("|", " ") for one in found).split())
    assert not Counter(" ".join(wanted).split()) - words


def test_descenders_that_cross_a_line_under_the_text_are_kept() -> None:
    page = sheet()
    write(page, 60, 100, "gypsy jog", 26)
    page.draw_line((50, 102.5), (400, 102.5), color=(0.5, 0.5, 0.5), width=1)
    image = picture(page)
    (line,) = ruling_lines.find(image, 200)
    cleared = ruling_lines.erased(image, [line])
    middle = (line[1] + line[3]) // 2
    row = cleared.crop((0, middle, cleared.width, middle + 1)).tobytes()
    assert 10 < sum(value < 150 for value in row) < 0.2 * (line[2] - line[0])


def test_the_strokes_of_an_underlined_title_are_no_ruling_lines() -> None:
    page = sheet()
    title = write(page, 60, 100, "Hardly half the hill held", 28)
    page.draw_line((60, 103), (380, 103), width=1.5)
    image = picture(page)
    assert len(ruling_lines.find(image, 200)) == 1
    _, found = found_in(image)
    assert [one.text for one in found] == [title]
