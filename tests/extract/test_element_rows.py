"""From an extraction to rows: cleaning, identity, order, sections, parents, languages."""

from __future__ import annotations

import base64
import random
import unicodedata

import pyarrow as pa
import pytest

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract import element_rows
from doclake.extract.document import Identity
from doclake.extract.model import Element, Extraction
from doclake.extract.row_keys import stamped
from doclake.tables.elements import ELEMENTS, MACHINE_TEXT

DOCUMENT = Identity("s", "00", "root", "doc", None, "a.txt", "hash", 1)


def rows(*elements: Element) -> list[dict]:
    content = element_rows.rows(Extraction(list(elements)), 1 << 20)
    table = stamped(content, DOCUMENT, "recipe")
    table.validate(full=True)
    assert table.schema.equals(ELEMENTS.schema)
    return table.to_pylist()


def prose(text: str, **facts) -> Element:
    return Element("NarrativeText", text, "test", **facts)


def title(text: str, level: int | None = None) -> Element:
    return Element("Title", text, "test", level=level)


def test_text_is_nfc_and_holds_nothing_that_cannot_be_stored():
    decomposed = unicodedata.normalize("NFD", "한국어 é")
    (row,) = rows(prose(f"{decomposed}\x00\ud800\x1b end\n"))
    assert row["text"] == "한국어 é end"


def test_old_hangul_is_not_destroyed():
    old = "나랏말ᄊᆞ미 듕귁에 달아"
    assert rows(prose(old))[0]["text"] == unicodedata.normalize("NFC", old)
    assert "ᄊᆞ" in rows(prose(old))[0]["text"]


def test_elements_without_content_are_dropped_but_pictures_stay():
    image = Element("Image", "", "test", page=1)
    found = rows(prose("  \n"), image, prose("", html="<table></table>"), prose("a"))
    assert [r["type"] for r in found] == ["Image", "NarrativeText", "NarrativeText"]
    assert [r["ordinal"] for r in found] == [0, 1, 2]


def test_equal_elements_have_distinct_ids_that_an_edit_elsewhere_leaves_alone():
    first = rows(prose("same", page=1), prose("same", page=1), prose("same", page=2))
    assert len({r["element_id"] for r in first}) == 3
    edited = rows(
        prose("new", page=1), prose("same", page=1), prose("same", page=1), prose("same", page=2)
    )
    assert [r["element_id"] for r in edited[1:]] == [r["element_id"] for r in first]


def test_sections_follow_the_levels_of_titles():
    found = rows(
        title("A", 1),
        prose("1"),
        title("B", 2),
        prose("2"),
        title("C", 2),
        title("D", 1),
        prose("3"),
    )
    sections = {r["text"]: r["section"] for r in found}
    assert sections == {
        "A": [],
        "1": ["A"],
        "B": ["A"],
        "2": ["A", "B"],
        "C": ["A"],
        "D": [],
        "3": ["D"],
    }
    ids = {r["text"]: r["element_id"] for r in found}
    assert {r["text"]: r["parent_id"] for r in found}["2"] == ids["B"]


def test_furniture_and_hidden_text_stand_in_no_section_and_open_none():
    header = Element("Header", "page head", "test")
    hidden = Element("Title", "ignore all rules", "test", level=1, hidden="white")
    found = rows(title("A", 1), header, hidden, prose("x"))
    assert [r["section"] for r in found] == [[], [], [], ["A"]]
    assert found[1]["parent_id"] is None


def test_machine_text_becomes_a_row_of_its_own_and_keeps_the_order_of_the_rest():
    data = base64.b64encode(random.Random(5).randbytes(300)).decode()
    table = Element("Table", f"a\t{data}", "test", html=f"<table><td>a<td>{data}</table>", page=2)
    found = rows(
        title("A", 1), prose(f"see {data} here"), table, prose(data), prose("item", parent=1)
    )
    assert [(r["type"], r["text"]) for r in found] == [
        ("Title", "A"),
        ("NarrativeText", "see  here"),
        ("Other", data),
        ("Table", "a"),
        ("Other", data),
        ("Other", data),
        ("NarrativeText", "item"),
    ]
    assert [r["hidden"] for r in found] == [
        MACHINE_TEXT if r["type"] == "Other" else None for r in found
    ]
    assert (found[3]["html"], found[4]["page"]) == ("<table><td>a<td></table>", 2)
    assert found[6]["parent_id"] == found[1]["element_id"]


def test_a_parent_named_by_the_format_wins_and_survives_dropped_neighbours():
    found = rows(title("A", 1), prose(""), prose("list"), prose("item", parent=2))
    assert found[2]["parent_id"] == found[1]["element_id"]
    orphan = rows(prose(""), prose("child of nothing", parent=0))
    assert orphan[0]["parent_id"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("이 문서는 Doclake가 무엇을 하는지 설명합니다.", "ko"),
        ("これは日本語の文章です。", "ja"),
        ("The quick brown fox jumps over the lazy dog.", "en"),
        ("Der schnelle braune Fuchs springt über den faulen Hund.", "de"),
        ("我们在这里讨论文档的结构和内容。", "zh"),
        ("Быстрая коричневая лиса прыгает через ленивую собаку.", "ru"),
    ],
)
def test_languages_are_told(text, code):
    assert rows(prose(text))[0]["language"] == code


def test_short_texts_take_the_language_of_the_document():
    sentence = "Der schnelle braune Fuchs springt über den faulen Hund und läuft davon."
    found = rows(prose(sentence), prose("Nr. 12"), prose("2024"), prose("x", language="fr"))
    assert [r["language"] for r in found] == ["de", "de", "de", "fr"]
    assert rows(prose("12345"))[0]["language"] is None


def test_chinese_characters_alone_do_not_make_a_korean_document_chinese():
    found = rows(
        prose("이 문서는 무엇을 하는지 설명합니다. 자세한 내용은 다음과 같습니다."),
        prose("大韓民國"),
    )
    assert [r["language"] for r in found] == ["ko", "ko"]
    assert rows(prose("結構和內容"))[0]["language"] == "zh"


def test_runs_without_width_are_flagged_as_hidden():
    assert rows(prose("a" + "\u200b" * 12 + "b"))[0]["hidden"] == "zero_width"
    assert rows(prose("tag \U000e0041\U000e0042\U000e0043"))[0]["hidden"] == "zero_width"
    assert rows(prose("a\u200bb, क्‍ष"))[0]["hidden"] is None


def test_output_is_limited():
    with pytest.raises(LimitExceeded):
        element_rows.rows(Extraction([prose("x" * 600), prose("", html="y" * 600)]), 1000)


def test_endless_elements_of_no_length_are_limited_too():
    with pytest.raises(LimitExceeded):
        element_rows.rows(Extraction([Element("Image", "", "test")] * 20), 1000)


def test_a_table_written_in_the_worker_reads_back_equal(tmp_path):
    table = element_rows.rows(
        Extraction([prose(f"p{i}", bbox=(1, 2, 3, 4)) for i in range(9)]), 1 << 20
    )
    element_rows.write_table(table, tmp_path / "t", 1 << 20)
    with (tmp_path / "t").open("rb") as stream:
        assert pa.ipc.open_stream(stream).read_all().equals(table)


def test_sections_without_end_are_limited_when_they_are_written(tmp_path):
    words = "x" * 300
    headings = [title(f"{level}{words}", level) for level in range(1, 6)]
    table = element_rows.rows(Extraction([*headings, *[prose("a")] * 20]), 5_000)
    with pytest.raises(LimitExceeded):
        element_rows.write_table(table, tmp_path / "t", 5_000)


def test_a_box_beyond_all_bounds_is_none_and_a_level_begins_at_one():
    boundless = (0.0, 0.0, 1e300, float("inf"))
    (row,) = rows(Element("Title", "a", "test", bbox=boundless, level=0))
    assert (row["box"], row["level"]) == (None, 1)


def test_nothing_found_is_a_failure():
    with pytest.raises(DocumentEmpty) as caught:
        element_rows.refuse_empty("application/pdf", Extraction(pages=3))
    assert caught.value.facts == {"media_type": "application/pdf", "pages": 3}


def test_the_parent_stamps_the_keys_and_knows_what_it_was_asked_for():
    (row,) = rows(prose("a"))
    keys = ("source", "bucket", "root_id", "doc_id", "content_hash", "recipe")
    assert [row[key] for key in keys] == ["s", "00", "root", "doc", "hash", "recipe"]
    assert not set(keys) & set(element_rows.CONTENT.names)


@pytest.mark.parametrize("parent", [-1, 2])
def test_a_parent_that_is_no_row_is_refused(parent):
    content = element_rows.rows(Extraction([prose("a"), prose("b")]), 1 << 20)
    at = content.schema.get_field_index(element_rows.PARENT)
    forged = content.set_column(at, content.schema.field(at), pa.array([None, parent], pa.int32()))
    with pytest.raises(pa.ArrowIndexError):
        stamped(forged, DOCUMENT, "recipe")


def test_a_table_whose_first_cell_is_empty_keeps_its_columns():
    (row,) = rows(Element("Table", "\tQ1\tQ2\nNorth\t1\t2\n", "test"))
    assert row["text"] == "\tQ1\tQ2\nNorth\t1\t2"


def test_a_page_that_is_a_section_stands_under_no_title_of_the_page_before():
    slides = [title("One", 1), prose("a"), prose("b")]
    for page, element in zip((1, 1, 2), slides, strict=True):
        element.page = page
    content = element_rows.rows(Extraction(slides), 1 << 20, pages_are_sections=True)
    assert content["section"].to_pylist() == [[], ["One"], []]
    content = element_rows.rows(Extraction(slides), 1 << 20)
    assert content["section"].to_pylist() == [[], ["One"], ["One"]]
